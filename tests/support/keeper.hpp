#pragma once

#include "messages/caf_compat.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace grapevine::test {

/// An actor that never comes to an end with its messages of one type: each
/// counts as waiting until it is handled here.
template <class T>
class keeper {
public:
  explicit keeper(caf::actor_system& sys)
      : kept_{std::make_shared<std::vector<T>>()},
        actor_{sys.spawn([kept = kept_](caf::event_based_actor*) {
          return caf::behavior{
              [kept](T& msg) { kept->push_back(std::move(msg)); }};
        })} {}

  const caf::actor& actor() const { return actor_; }

  /// What it has got and not handled.
  const std::vector<T>& kept() const { return *kept_; }

  /// Takes the first out of it, which does not count as handling it.
  T take() {
    auto one = std::move(kept_->front());
    handle(1);
    return one;
  }

  /// Handles the first so many.
  void handle(std::size_t count) {
    kept_->erase(kept_->begin(),
                 kept_->begin() + static_cast<std::ptrdiff_t>(count));
  }

private:
  std::shared_ptr<std::vector<T>> kept_;
  caf::actor actor_;
};

} // namespace grapevine::test
