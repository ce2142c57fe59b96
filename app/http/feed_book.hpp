#pragma once

#include "app/http/feed.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace grapevine::app::http {

/// Which feed has which subject: each has one, as long as it has clients. Sends
/// nothing.
class feed_book {
public:
  /// The subject's feed, which one more client is going to join; `make` makes
  /// one if there is none.
  template <class Make>
  feed_actor join(const stream_subject& subject, Make make) {
    auto& one = feeds_[subject];
    if (!one.actor)
      one = {make()};
    ++one.joins;
    return one.actor;
  }

  /// A feed has lost its clients when `joined` had come: it, if none is on its
  /// way. It is forgotten then.
  feed_actor leave(const stream_subject& subject, std::uint64_t joined);

  /// It has ended.
  void forget(const caf::actor_addr& who);

  std::vector<feed_actor> all() const;

private:
  struct entry {
    feed_actor actor;
    std::uint64_t joins = 0;
  };

  std::map<stream_subject, entry> feeds_;
};

} // namespace grapevine::app::http
