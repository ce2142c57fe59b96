#pragma once

#include "messages/mesh_manager.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace grapevine {

/// The unanswered `await_peers` of the mesh manager.
class peer_waiters {
public:
  using promise = caf::typed_response_promise<peers_ready>;

  /// How many peers a message to the topic would go to now.
  using counter = std::function<std::size_t(const std::string& topic)>;

  /// Keeps a question until `answer` finds enough peers or `expire` is called
  /// with the ticket returned.
  std::uint64_t add(const await_peers& question, promise to);

  /// Answers whoever has enough peers by now.
  void answer(const counter& count);

  /// Answers with what there is.
  void expire(std::uint64_t ticket, const counter& count);

  bool empty() const noexcept { return waiting_.empty(); }

private:
  struct waiter {
    std::uint64_t ticket;
    await_peers question;
    promise to;
  };

  std::uint64_t last_ticket_ = 0;
  std::vector<waiter> waiting_;
};

} // namespace grapevine
