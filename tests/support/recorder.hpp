#pragma once

#include "messages/caf_compat.hpp"

#include <algorithm>
#include <memory>
#include <variant>
#include <vector>

namespace grapevine::test {

/// Stands in for an actor and keeps what it is sent, of these types, in order.
template <class... Ts>
class recorder {
public:
  explicit recorder(caf::actor_system& sys)
      : log_{std::make_shared<log_type>()}, actor_{sys.spawn(run, log_)} {}

  /// This actor under the handle type of the one it stands in for.
  template <class Handle>
  Handle as() const {
    return caf::actor_cast<Handle>(actor_);
  }

  const caf::actor& actor() const { return actor_; }

  /// All messages of one type so far.
  template <class T>
  std::vector<T> all() const {
    std::vector<T> result;
    for (const auto& one : *log_)
      if (const auto* msg = std::get_if<T>(&one))
        result.push_back(*msg);
    return result;
  }

  /// The types of all messages, as indices into `Ts`.
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> result;
    for (const auto& one : *log_)
      result.push_back(one.index());
    return result;
  }

  void clear() { log_->clear(); }

private:
  using log_type = std::vector<std::variant<Ts...>>;

  static caf::behavior run(caf::event_based_actor*,
                           const std::shared_ptr<log_type>& log) {
    return {[log](const Ts& msg) { log->push_back(msg); }...};
  }

  std::shared_ptr<log_type> log_;
  caf::actor actor_;
};

} // namespace grapevine::test
