#include "actors/pubsub/heartbeat.hpp"

#include "actors/pubsub/clock_watch.hpp"

#include <utility>

namespace grapevine {

namespace {

class heartbeat_state {
public:
  heartbeat_state(heartbeat_actor::pointer self, context_ptr ctx,
                  mesh_manager_actor mesh)
      : self_{self}, ctx_{std::move(ctx)}, mesh_{std::move(mesh)},
        interval_{ctx_->config.params.timers.heartbeat_interval},
        due_{now(self_) + ctx_->config.params.timers.heartbeat_initial_delay} {}

  void tick() {
    tell(self_, mesh_, heartbeat_tick{});
    const auto late = now(self_) - due_;
    late_.add(late);
    if (late > interval_ / 2)
      ctx_->log->warn(
          "heartbeat late_ms={}: the machine or the actor system is overloaded",
          std::chrono::duration_cast<std::chrono::milliseconds>(late).count());
    watch_clock();
    // From when it was due, so that delays do not add up; after a long stall
    // the missed ticks are not made up for.
    due_ = std::max(due_ + interval_, now(self_));
    schedule();
  }

  // The machine's, also where a test lets the node's own time pass.
  void watch_clock() {
    const auto jump = clock_.look(std::chrono::system_clock::now(),
                                  std::chrono::steady_clock::now());
    if (jump)
      ctx_->log->warn("the machine's clock was set {} by {} s, or it slept: "
                      "times in logs, traces and the store have a gap there; "
                      "the node's timers go on as before",
                      jump->count() > 0 ? "forward" : "back",
                      std::chrono::abs(*jump).count());
  }

  void schedule() { tell_self_later(self_, due_ - now(self_), beat{}); }

  void tell_counts(const grapevine::tell_counts& msg) {
    tell(self_, msg.to,
         heartbeat_counts{msg.question.answered(now(self_)),
                          std::exchange(late_, {})});
  }

private:
  heartbeat_actor::pointer self_;
  context_ptr ctx_;
  mesh_manager_actor mesh_;
  std::chrono::milliseconds interval_;
  time_point due_;
  duration_histogram late_;
  clock_watch clock_;
};

heartbeat_actor::behavior_type heartbeat(heartbeat_actor::pointer self,
                                         const context_ptr& ctx,
                                         const mesh_manager_actor& mesh) {
  auto state = std::make_shared<heartbeat_state>(self, ctx, mesh);
  state->schedule();
  return {
      [state](beat) { state->tick(); },
      [self](stop_heartbeat) { self->quit(); },
      [state](const tell_counts& msg) { state->tell_counts(msg); },
  };
}

} // namespace

heartbeat_actor spawn_heartbeat(caf::actor_system& sys, context_ptr ctx,
                                mesh_manager_actor mesh) {
  return sys.spawn(heartbeat, std::move(ctx), std::move(mesh));
}

} // namespace grapevine
