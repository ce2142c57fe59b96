#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace grapevine {

class delivery_thread;

/// Something of the application's that is called on the delivery thread.
class call_source {
public:
  explicit call_source(std::weak_ptr<delivery_thread> thread)
      : thread_{std::move(thread)} {}
  call_source(const call_source&) = delete;
  call_source& operator=(const call_source&) = delete;
  virtual ~call_source() = default;

  /// Makes a few of the calls that wait, none once it is closed; whether there
  /// are more.
  virtual bool call_some() = 0;

  /// It has something to call.
  void wake(const std::shared_ptr<call_source>& self);

  /// No call is made any more, nor is one under way but the caller's own.
  void close();

  bool closed() const noexcept { return closed_.load(); }

private:
  friend class delivery_thread;

  std::weak_ptr<delivery_thread> thread_;
  std::atomic<bool> closed_ = false;
  // Whether it waits for its turn; the thread's.
  bool queued_ = false;
};

/// The thread on which the application's functions are called, one after the
/// other, each source in turn.
class delivery_thread {
public:
  /// Runs until it is stopped.
  static std::shared_ptr<delivery_thread> start();

  delivery_thread(const delivery_thread&) = delete;
  delivery_thread& operator=(const delivery_thread&) = delete;

  /// Makes no more calls. False if one is under way at the deadline, which is
  /// not the caller's own.
  bool stop(std::chrono::steady_clock::time_point deadline);

  /// Whether this is the thread that calls.
  bool is_current() const noexcept;

private:
  friend class call_source;

  delivery_thread() = default;
  static void run(const std::shared_ptr<delivery_thread>& self);
  void serve();
  void wake(const std::shared_ptr<call_source>& source);
  void wait_for(const call_source& source);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<call_source>> ready_;
  call_source* running_ = nullptr;
  bool stopped_ = false;
  bool ended_ = false;
  std::thread thread_;
};

} // namespace grapevine
