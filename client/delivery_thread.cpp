#include "client/delivery_thread.hpp"

#include <utility>

namespace grapevine {

namespace {

// The one that runs on this thread.
thread_local const delivery_thread* current = nullptr;

} // namespace

// -- sources ------------------------------------------------------------------

void call_source::wake(const std::shared_ptr<call_source>& self) {
  if (const auto thread = thread_.lock())
    thread->wake(self);
}

void call_source::close() {
  closed_ = true;
  // Without a thread there was no call any more.
  if (const auto thread = thread_.lock())
    thread->wait_for(*this);
}

// -- the thread ---------------------------------------------------------------

std::shared_ptr<delivery_thread> delivery_thread::start() {
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): only it makes itself
  std::shared_ptr<delivery_thread> result{new delivery_thread};
  result->thread_ = std::thread{run, result};
  return result;
}

void delivery_thread::run(const std::shared_ptr<delivery_thread>& self) {
  current = self.get();
  self->serve();
}

void delivery_thread::serve() {
  std::unique_lock lock{mutex_};
  while (!stopped_) {
    if (ready_.empty()) {
      changed_.wait(lock);
      continue;
    }
    auto source = std::move(ready_.front());
    ready_.pop_front();
    source->queued_ = false;
    running_ = source.get();
    lock.unlock();
    const bool more = !source->closed() && source->call_some();
    lock.lock();
    running_ = nullptr;
    changed_.notify_all();
    if (more && !source->closed() && !stopped_
        && !std::exchange(source->queued_, true))
      ready_.push_back(std::move(source));
    // What it captures may end with it, and call back.
    lock.unlock();
    source.reset();
    lock.lock();
  }
  ended_ = true;
  changed_.notify_all();
}

void delivery_thread::wake(const std::shared_ptr<call_source>& source) {
  const std::lock_guard lock{mutex_};
  if (stopped_ || source->closed() || std::exchange(source->queued_, true))
    return;
  ready_.push_back(source);
  changed_.notify_all();
}

void delivery_thread::wait_for(const call_source& source) {
  if (is_current())
    return;
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return running_ != &source; });
}

bool delivery_thread::is_current() const noexcept {
  return current == this;
}

bool delivery_thread::stop(std::chrono::steady_clock::time_point deadline) {
  std::deque<std::shared_ptr<call_source>> dropped;
  std::unique_lock lock{mutex_};
  stopped_ = true;
  if (running_ != nullptr)
    running_->closed_ = true;
  dropped.swap(ready_);
  changed_.notify_all();
  if (!thread_.joinable())
    return ended_ || is_current();
  if (is_current()) {
    // Goes away once the call that this is made in has come back.
    thread_.detach();
    return true;
  }
  const bool over =
      changed_.wait_until(lock, deadline, [this] { return ended_; });
  if (!over) {
    thread_.detach();
    return false;
  }
  auto thread = std::move(thread_);
  lock.unlock();
  thread.join();
  return true;
}

} // namespace grapevine
