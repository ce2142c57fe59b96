#include "gossip/trace/trace_batch.hpp"

namespace grapevine::gossip {

void trace_batch::add(trace::event what) {
  bytes_ += trace::footprint(what);
  events_.push_back({sink_->now(), std::move(what)});
  if (bytes_ >= max_bytes)
    deliver();
}

void trace_batch::deliver() {
  if (!sink_->take(std::exchange(events_, {}), std::exchange(bytes_, 0)))
    sink_.reset();
}

} // namespace grapevine::gossip
