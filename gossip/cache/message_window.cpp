#include "gossip/cache/message_window.hpp"

#include "gossip/touch.hpp"

#include <algorithm>

namespace grapevine::gossip {

namespace {

/// More than one, so that what is over gets less however much comes.
constexpr std::size_t swept_by_put = 2;

} // namespace

message_window::message_window(message_window_options options)
    : options_{options} {
  options_.history_length = std::max<std::size_t>(options_.history_length, 1);
  windows_.emplace_front();
}

std::optional<message_window::position>
message_window::search(std::size_t hash, std::string_view raw) const {
  return messages_.find(hash, raw, windows_.back().first);
}

bool message_window::put(message_ptr msg, offered how) {
  const std::size_t size = msg->frame().size();
  const auto& id = msg->id();
  if (search(id.hash(), id.raw()))
    return false;
  if (size > options_.max_bytes) {
    ++dropped_early_;
    return false;
  }
  sweep(swept_by_put);
  while (bytes_held_ + size > options_.max_bytes)
    drop_early();
  bytes_held_ += size;
  window& current = windows_.front();
  auto& topics = how == offered::once ? current.once : current.topics;
  auto topic = topics.find(msg->topic());
  if (topic == topics.end())
    topic = topics.try_emplace(std::string{msg->topic()}).first;
  topic->second.push_back(msg.get());
  messages_.push_back(std::move(msg));
  return true;
}

message_ptr message_window::find(std::string_view raw_id) const {
  const auto where = search(message_id::hash_of(raw_id), raw_id);
  return where ? messages_.at(*where) : nullptr;
}

message_ptr message_window::take(std::string_view raw_id,
                                 const libp2p::peer_id& peer) {
  const auto where = search(message_id::hash_of(raw_id), raw_id);
  if (!where)
    return nullptr;
  std::size_t& sent = sent_[*where][peer];
  if (sent >= options_.retransmissions)
    return nullptr;
  ++sent;
  return messages_.at(*where);
}

bool message_window::has_gossip(std::string_view topic,
                                std::size_t windows) const {
  const std::size_t count = std::min(windows, windows_.size());
  for (std::size_t i = 0; i < count; ++i)
    if (windows_[i].topics.contains(topic))
      return true;
  return count > 0 && windows_.front().once.contains(topic);
}

std::vector<const message_id*>
message_window::ids_of(std::string_view topic, std::size_t windows) const {
  std::vector<const message_id*> ids;
  const std::size_t count = std::min(windows, windows_.size());
  const auto add = [&](const topic_messages& topics) {
    if (const auto it = topics.find(topic); it != topics.end())
      for (const message* msg : it->second)
        ids.push_back(&msg->id());
  };
  for (std::size_t i = 0; i < count; ++i)
    add(windows_[i].topics);
  if (count > 0)
    add(windows_.front().once);
  return ids;
}

std::vector<std::string> message_window::gossip_ids(std::string_view topic,
                                                    std::size_t windows,
                                                    std::size_t max,
                                                    rng& gen) const {
  auto ids = ids_of(topic, windows);
  if (ids.size() > max) {
    shuffle_front(std::span{ids}, max, gen);
    ids.resize(max);
  }
  std::vector<std::string> chosen;
  chosen.reserve(ids.size());
  for (const message_id* id : ids)
    chosen.emplace_back(id->raw());
  return chosen;
}

void message_window::shift() {
  windows_.front().once.clear();
  windows_.push_front({messages_.next(), {}, {}});
  while (windows_.size() > options_.history_length)
    windows_.pop_back();
}

bool message_window::sweep(std::size_t most) {
  for (; most > 0 && over() > 0; --most)
    drop_oldest();
  return over() > 0;
}

/// Makes room: by what is over, or before the oldest window ends.
void message_window::drop_early() {
  if (over() > 0)
    return drop_oldest();
  ++dropped_early_;
  // Windows that are used up begin where the next one does.
  auto owner = windows_.rbegin();
  while (std::next(owner) != windows_.rend()
         && std::next(owner)->first == messages_.first())
    ++owner;
  drop_first_of(owner->topics, *messages_.front());
  drop_first_of(owner->once, *messages_.front());
  drop_oldest();
  for (++owner; owner != windows_.rbegin();)
    (--owner)->first = messages_.first();
}

// The oldest of its window is the first of its topic, if it is there at all.
void message_window::drop_first_of(topic_messages& topics, const message& msg) {
  const auto topic = topics.find(msg.topic());
  if (topic == topics.end() || topic->second.front() != &msg)
    return;
  topic->second.pop_front();
  if (topic->second.empty())
    topics.erase(topic);
}

/// Nobody has used these messages for seconds: first themselves, then what they
/// lead to.
void message_window::expect_drops(std::size_t count) const noexcept {
  // Windows that are not full drop nothing early.
  if (over() == 0 && bytes_held_ < options_.max_bytes / 4 * 3)
    return;
  const auto first = messages_.first();
  const auto end =
      first + static_cast<position>(std::min(count, messages_.size()));
  for (auto i = first; i != end; ++i) {
    touch(messages_.at(i).get());
    touch(&messages_.at(i)->id());
  }
  for (auto i = first; i != end; ++i) {
    touch(messages_.at(i)->frame().data());
    messages_.expect(messages_.at(i)->id().hash());
  }
}

void message_window::drop_oldest() {
  bytes_held_ -= messages_.front()->frame().size();
  if (!sent_.empty())
    sent_.erase(messages_.first());
  messages_.pop_front();
}

} // namespace grapevine::gossip
