#include "sim/message_ledger.hpp"

#include <algorithm>
#include <cstring>

namespace grapevine::sim {

bytes message_ledger::next_payload(std::size_t size) const {
  const message_number number = first_ + records_.size();
  bytes data(std::max(size, sizeof number), static_cast<std::uint8_t>(number));
  std::memcpy(data.data(), &number, sizeof number);
  return data;
}

void message_ledger::published(node_index author,
                               const std::vector<node_index>& expected,
                               std::size_t nodes, tick now) {
  record& msg = records_.emplace_back();
  msg.at = now;
  msg.nodes.resize(nodes);
  for (const node_index node : expected)
    msg.nodes[node].what = state::expected;
  const auto awaited =
      expected.size() - (msg.nodes[author].what == state::expected ? 1 : 0);
  tally_.expected += awaited;
  msg.nodes[author].what = state::delivered;
  ++tally_.published;
  if (auto* slice = slice_of(now)) {
    ++slice->published;
    slice->expected += awaited;
  }
}

time_slice* message_ledger::slice_of(tick published) {
  if (slice_ == 0)
    return nullptr;
  const auto index = static_cast<std::size_t>(published / slice_);
  if (index >= slices_.size())
    slices_.resize(index + 1);
  return &slices_[index];
}

void message_ledger::delivered(node_index node, bytes_view payload,
                               node_index source, bool counts, tick now) {
  message_number number = 0;
  std::memcpy(&number, payload.data(), sizeof number);
  if (number < first_)
    return;
  record& msg = records_[number - first_];
  if (node >= msg.nodes.size())
    msg.nodes.resize(node + 1);
  entry& got = msg.nodes[node];
  if (got.what == state::delivered) {
    ++tally_.unexpected;
    return;
  }
  const bool expected = got.what == state::expected;
  const bool again = got.what == state::gone;
  got.what = state::delivered;
  got.hops = std::min(msg.nodes[source].hops + 1U, most_hops) & most_hops;
  if (!counts)
    return;
  if (again) {
    ++tally_.again;
  } else if (!expected) {
    ++tally_.extra;
  } else if (!open(msg, now)) {
    ++tally_.late;
  } else {
    ++tally_.delivered;
    tally_.hops.add(got.hops);
    tally_.latencies.add(now - msg.at);
    if (auto* slice = slice_of(msg.at)) {
      ++slice->delivered;
      slice->latencies.add(now - msg.at);
    }
  }
}

// What is older than that nobody has any more, however often nodes that were
// started again told each other of it.
constexpr tick remembered = ticks(std::chrono::minutes{2});

void message_ledger::gone(node_index node, tick now) {
  for (auto msg = records_.rbegin();
       msg != records_.rend() && now - msg->at <= remembered; ++msg) {
    if (node >= msg->nodes.size())
      continue;
    entry& at = msg->nodes[node];
    if (at.what == state::expected && open(*msg, now)) {
      --tally_.expected;
      if (auto* slice = slice_of(msg->at))
        --slice->expected;
      at.what = state::unexpected;
    } else if (at.what == state::delivered) {
      at.what = state::gone;
    }
  }
}

void message_ledger::clear() {
  first_ += records_.size();
  records_.clear();
  tally_ = {};
}

} // namespace grapevine::sim
