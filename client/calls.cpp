#include "client/calls.hpp"

#include <exception>

namespace grapevine {

namespace {

// Calls that one source makes before it is the next one's turn.
constexpr int calls_in_a_turn = 64;

template <class Function, class Argument>
void call_safely(const Function& function, const Argument& argument,
                 spdlog::logger& log) {
  try {
    function(argument);
  } catch (const std::exception& thrown) {
    log.error("a function of the application's has thrown: {}", thrown.what());
  } catch (...) {
    log.error("a function of the application's has thrown");
  }
}

} // namespace

bool message_calls::call_some() {
  for (int i = 0; i < calls_in_a_turn && !closed(); ++i) {
    const auto next = queue_->try_pop();
    if (!next)
      return false;
    call_safely(call_, *next, *log_);
  }
  return true;
}

void event_calls::add(node_event event) {
  const std::lock_guard lock{mutex_};
  waiting_.push_back(std::move(event));
}

bool event_calls::call_some() {
  for (int i = 0; i < calls_in_a_turn && !closed(); ++i)
    if (!call_one())
      return false;
  return true;
}

bool event_calls::call_one() {
  std::unique_lock lock{mutex_};
  if (waiting_.empty())
    return false;
  // Its ticket counts it as waiting until the call has come back.
  const auto next = std::move(waiting_.front());
  waiting_.pop_front();
  lock.unlock();
  call_safely(call_, next, *log_);
  return true;
}

} // namespace grapevine
