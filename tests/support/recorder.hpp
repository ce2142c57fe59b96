#pragma once

#include "messages/caf_compat.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
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
  const std::vector<T>& all() const {
    return std::get<std::vector<T>>(log_->messages);
  }

  /// The types of all messages, as indices into `Ts`.
  const std::vector<std::size_t>& order() const { return log_->order; }

  void clear() { *log_ = {}; }

protected:
  struct log_type {
    std::tuple<std::vector<Ts>...> messages;
    std::vector<std::size_t> order;

    template <class T>
    void add(const T& msg) {
      std::get<std::vector<T>>(messages).push_back(msg);
      constexpr std::array same{std::is_same_v<T, Ts>...};
      order.push_back(static_cast<std::size_t>(std::ranges::find(same, true)
                                               - same.begin()));
    }
  };

  /// For one that does more: `actor` keeps what it is sent in `log`.
  recorder(std::shared_ptr<log_type> log, caf::actor actor)
      : log_{std::move(log)}, actor_{std::move(actor)} {}

private:
  static caf::behavior run(caf::event_based_actor*,
                           const std::shared_ptr<log_type>& log) {
    return {[log](const Ts& msg) { log->add(msg); }...};
  }

  std::shared_ptr<log_type> log_;
  caf::actor actor_;
};

} // namespace grapevine::test
