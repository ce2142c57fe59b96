#include "gossip/message/seqno_check.hpp"

#include "gossip/message/seqno.hpp"

#include <optional>

namespace grapevine::gossip {

namespace {

struct numbered {
  libp2p::peer_id author;
  std::uint64_t seqno = 0;
};

std::optional<numbered> number_of(const proto::message_view& msg) {
  if (!msg.from || !msg.seqno)
    return std::nullopt;
  const auto author = libp2p::peer_id::from_bytes(*msg.from);
  const auto seqno = decode_seqno(*msg.seqno);
  if (!author || !seqno)
    return std::nullopt;
  return numbered{*author, *seqno};
}

} // namespace

bool seqno_check::is_old(const proto::message_view& msg) const {
  const auto number = number_of(msg);
  if (!number)
    return false;
  const auto it = authors_.find(number->author);
  return it != authors_.end() && number->seqno <= it->second->highest;
}

bool seqno_check::advance(const proto::message_view& msg) {
  const auto number = number_of(msg);
  if (!number || max_authors_ == 0)
    return true;
  const auto it = authors_.find(number->author);
  if (it != authors_.end()) {
    if (number->seqno <= it->second->highest)
      return false;
    it->second->highest = number->seqno;
    latest_.splice(latest_.begin(), latest_, it->second);
    return true;
  }
  if (latest_.size() == max_authors_) {
    authors_.erase(latest_.back().id);
    latest_.pop_back();
  }
  latest_.push_front({number->author, number->seqno});
  authors_.emplace(number->author, latest_.begin());
  return true;
}

} // namespace grapevine::gossip
