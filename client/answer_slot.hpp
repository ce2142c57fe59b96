#pragma once

#include "client/client_result.hpp"

#include <future>
#include <string>
#include <utility>

namespace grapevine {

/// Why nothing can be asked of a client.
inline client_error client_stopped() {
  return {node_errc::not_running, "the client has been stopped"};
}

/// Where one answer goes to. If it is lost on the way, as its actor has ended,
/// the answer is that the client has been stopped.
template <class T>
class answer_slot {
public:
  answer_slot() = default;
  answer_slot(const answer_slot&) = delete;
  answer_slot& operator=(const answer_slot&) = delete;
  ~answer_slot() {
    if (!answered_)
      answer(unexpected{client_stopped()});
  }

  std::future<client_result<T>> future() { return promise_.get_future(); }

  void answer(client_result<T> value) {
    answered_ = true;
    promise_.set_value(std::move(value));
  }

private:
  std::promise<client_result<T>> promise_;
  bool answered_ = false;
};

/// The same, of which the answer is there.
template <class T>
std::future<client_result<T>> answered(client_result<T> value) {
  answer_slot<T> slot;
  auto result = slot.future();
  slot.answer(std::move(value));
  return result;
}

} // namespace grapevine
