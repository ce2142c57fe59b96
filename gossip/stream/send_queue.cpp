#include "gossip/stream/send_queue.hpp"

#include "proto/varint.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::gossip {

namespace {

// Tags and lengths around a topic or an id, about.
constexpr std::size_t overhead = 8;

std::size_t size_of(const proto::prune& pruned) {
  std::size_t size = pruned.topic.size() + 2 * overhead;
  for (const auto& peer : pruned.peers)
    size += peer.id.size() + peer.signed_record.size() + overhead;
  return size;
}

/// Bytes of the RPC that carries `msg` alone.
std::size_t rpc_size(const message& msg) {
  const std::size_t size = msg.encoded().size();
  return 1 + varint_size(size) + size;
}

std::size_t bytes_in(const fifo<bytes>& frames) {
  std::size_t size = 0;
  for (const auto& frame : frames)
    size += frame.size();
  return size;
}

} // namespace

send_queue::send_queue(send_queue_options options)
    : options_{options}, payload_{{options.payload_messages,
                                   options.payload_bytes, options.budget,
                                   byte_budget::level::full}},
      // What can be had again elsewhere is refused earlier.
      answers_{{options.answer_messages, options.answer_bytes, options.budget,
                byte_budget::level::high}},
      others_{options.budget} {}

void send_queue::clear() {
  subscriptions_.clear();
  subscription_of_.clear();
  mesh_changes_.clear();
  mesh_change_of_.clear();
  extensions_.reset();
  test_extension_ = false;
  control_bytes_ = 0;
  idontwant_ = {};
  payload_.clear();
  answers_.clear();
  partials_.clear();
  partial_bytes_ = 0;
  ihaves_.clear();
  ihave_ids_ = 0;
  iwant_ = {};
  shared_ihaves_.clear();
  shared_ids_ = 0;
  shared_bytes_ = 0;
  control_frames_.clear();
  gossip_frames_.clear();
  others_.set(0);
}

push_result send_queue::refuse(lane which, push_result why, std::size_t count) {
  dropped_[index(which)] += count;
  return why;
}

// -- control ------------------------------------------------------------------

bool send_queue::reserve_control(std::size_t size) {
  if (control_bytes_ + size > options_.control_bytes)
    return false;
  control_bytes_ += size;
  return true;
}

push_result send_queue::push_subscription(const proto::subscription& change) {
  if (const auto it = subscription_of_.find(change.topic);
      it != subscription_of_.end()) {
    subscriptions_[it->second] = change;
    return push_result::queued;
  }
  if (!reserve_control(change.topic.size() + overhead))
    return refuse(lane::control, push_result::full);
  subscription_of_.try_emplace(change.topic, subscriptions_.size());
  subscriptions_.push_back(change);
  return push_result::queued;
}

push_result send_queue::push_extensions(const proto::extensions& ext) {
  if (!options_.gossipsub)
    return push_result::unwanted;
  if (control_frames_.empty()) {
    extensions_ = ext;
    return push_result::queued;
  }
  // What an earlier stream left must not come first.
  proto::control alone;
  alone.ext = ext;
  fifo<bytes> frames;
  encode({}, alone, frames, lane::control);
  for (bytes& frame : control_frames_)
    frames.push_back(std::move(frame));
  control_frames_ = std::move(frames);
  return push_result::queued;
}

push_result send_queue::push_test_extension() {
  if (!options_.gossipsub)
    return push_result::unwanted;
  test_extension_ = true;
  return push_result::queued;
}

push_result send_queue::push_graft(const std::string& topic) {
  return push_mesh_change({true, {topic, {}, {}}});
}

push_result send_queue::push_prune(proto::prune prune) {
  return push_mesh_change({false, std::move(prune)});
}

push_result send_queue::push_mesh_change(mesh_change change) {
  if (!options_.gossipsub)
    return push_result::unwanted;
  const std::size_t size = size_of(change.prune);
  const auto it = mesh_change_of_.find(change.prune.topic);
  if (it == mesh_change_of_.end()) {
    if (!reserve_control(size))
      return refuse(lane::control, push_result::full);
    mesh_change_of_.try_emplace(change.prune.topic, mesh_changes_.size());
    mesh_changes_.push_back(std::move(change));
    return push_result::queued;
  }
  mesh_change& waiting = mesh_changes_[it->second];
  const std::size_t former = size_of(waiting.prune);
  control_bytes_ -= former;
  if (!reserve_control(size)) {
    control_bytes_ += former;
    return refuse(lane::control, push_result::full);
  }
  waiting = std::move(change);
  return push_result::queued;
}

/// Everything waiting in the lanes of IDONTWANT and control, as frames.
void send_queue::encode_control() {
  proto::control control;
  control.ext = extensions_;
  control.idontwant = std::move(idontwant_.ids);
  for (mesh_change& change : mesh_changes_)
    if (change.graft)
      control.grafts.push_back(std::move(change.prune.topic));
    else
      control.prunes.push_back(std::move(change.prune));
  encode(subscriptions_, control, control_frames_, lane::control);
  if (std::exchange(test_extension_, false))
    control_frames_.push_back(proto::encode_test_extension());
  subscriptions_.clear();
  subscription_of_.clear();
  mesh_changes_.clear();
  mesh_change_of_.clear();
  extensions_.reset();
  control_bytes_ = 0;
  idontwant_ = {};
}

void send_queue::encode(const std::vector<proto::subscription>& subscriptions,
                        const proto::control& control, fifo<bytes>& frames,
                        lane which) {
  // The limit is for the RPC, what is encoded counts its length too.
  std::vector<bytes> encoded;
  const std::size_t dropped = proto::encode_frames(
      subscriptions, control, options_.max_rpc_size, encoded);
  dropped_[index(which)] += dropped;
  for (bytes& frame : encoded)
    frames.push_back(std::move(frame));
}

// -- ids ----------------------------------------------------------------------

/// Queues the first of `ids`, as many as there is room for.
push_result send_queue::push_ids(id_list& to, std::span<const std::string> ids,
                                 std::size_t room, lane which) {
  if (!options_.gossipsub)
    return push_result::unwanted;
  const std::size_t count = std::min(room, ids.size());
  for (const std::string& id : ids.first(count))
    to.bytes += id.size() + overhead;
  to.ids.insert(to.ids.end(), ids.begin(),
                ids.begin() + static_cast<std::ptrdiff_t>(count));
  return count == ids.size()
             ? push_result::queued
             : refuse(which, push_result::full, ids.size() - count);
}

std::size_t send_queue::gossip_room() const noexcept {
  const std::size_t most =
      tight(byte_budget::level::high)
          ? std::min(options_.gossip_ids, limits::lane_share_ids)
          : options_.gossip_ids;
  return most - std::min(most, ihave_ids_ + shared_ids_ + iwant_.ids.size());
}

push_result send_queue::push_idontwant(std::span<const std::string> ids) {
  const std::size_t room =
      options_.idontwant_ids
      - std::min(options_.idontwant_ids, idontwant_.ids.size());
  return push_ids(idontwant_, ids, room, lane::idontwant);
}

push_result send_queue::push_ihave(const std::string& topic,
                                   std::span<const std::string> ids) {
  if (ihaves_.empty() || ihaves_.back().topic != topic)
    ihaves_.push_back({topic, {}});
  id_list& list = ihaves_.back().list;
  const std::size_t before = list.ids.size();
  const auto result = push_ids(list, ids, gossip_room(), lane::gossip);
  ihave_ids_ += list.ids.size() - before;
  if (list.ids.empty())
    ihaves_.pop_back();
  return result;
}

push_result send_queue::push_iwant(std::span<const std::string> ids) {
  return push_ids(iwant_, ids, gossip_room(), lane::gossip);
}

push_result send_queue::push_ihaves(const ihave_frames& all) {
  if (!options_.gossipsub)
    return push_result::unwanted;
  if (all.ids > gossip_room())
    return push_result::full;
  for (const auto& frame : all.frames) {
    shared_bytes_ += frame->size();
    shared_ihaves_.push_back(frame);
  }
  shared_ids_ += all.ids;
  if (all.dropped > 0)
    refuse(lane::gossip, push_result::too_large, all.dropped);
  return push_result::queued;
}

void send_queue::encode_gossip() {
  proto::control control;
  for (topic_ids& have : ihaves_)
    control.ihaves.push_back({std::move(have.topic), std::move(have.list.ids)});
  control.iwant = std::move(iwant_.ids);
  encode({}, control, gossip_frames_, lane::gossip);
  ihaves_.clear();
  ihave_ids_ = 0;
  iwant_ = {};
}

// -- messages -----------------------------------------------------------------

push_result send_queue::push_to(message_lane& to, lane which,
                                message_ptr&& msg) {
  if (rpc_size(*msg) > options_.max_rpc_size)
    return refuse(which, push_result::too_large);
  return to.push(std::move(msg)) ? push_result::queued
                                 : refuse(which, push_result::full);
}

push_result send_queue::push_message(message_ptr&& msg) {
  return push_to(payload_, lane::payload, std::move(msg));
}

push_result send_queue::push_answer(message_ptr&& msg) {
  return push_to(answers_, lane::answer, std::move(msg));
}

push_result send_queue::push_run(const run_ptr& run) {
  return run->largest_frame() <= options_.max_rpc_size && payload_.push(run)
             ? push_result::queued
             : push_result::full;
}

push_result send_queue::push_partial(shared_bytes frame) {
  if (!options_.gossipsub)
    return push_result::unwanted;
  // A frame's length is no part of the RPC; who made the frame counted it.
  if (frame->size() > options_.max_rpc_size)
    return refuse(lane::partial, push_result::too_large);
  if (partials_.size() >= options_.partial_frames
      || partial_bytes_ + frame->size() > options_.partial_bytes
      || (partial_bytes_ + frame->size() > limits::lane_share_bytes
          && tight(byte_budget::level::full)))
    return refuse(lane::partial, push_result::full);
  partial_bytes_ += frame->size();
  partials_.push_back(std::move(frame));
  return push_result::queued;
}

std::size_t send_queue::cancel(std::span<const message_id> ids) {
  return payload_.cancel(ids) + answers_.cancel(ids);
}

// -- the node's budget --------------------------------------------------------

bool send_queue::tight(byte_budget::level least) const noexcept {
  return options_.budget != nullptr && options_.budget->fullness() >= least;
}

void send_queue::settle(std::vector<message_ptr>& dropped) {
  if (options_.budget == nullptr)
    return;
  if (empty())
    return others_.set(0);
  answers_.shed(
      [&](const message_ptr&) { refuse(lane::answer, push_result::full); });
  answers_.charge();
  payload_.shed([&](message_ptr&& msg) {
    refuse(lane::payload, push_result::full);
    dropped.push_back(std::move(msg));
  });
  payload_.charge();
  others_.set(bytes_waiting() - payload_.bytes() - answers_.bytes());
}

// -- out ----------------------------------------------------------------------

shared_bytes send_queue::take_frame(fifo<bytes>& from) {
  return std::make_shared<const bytes>(from.pop_front());
}

shared_bytes send_queue::take_messages(message_lane& from) {
  const auto before = from.count();
  auto frames = from.pop();
  sent_messages_ += before - from.count();
  return frames;
}

shared_bytes send_queue::take_partial() {
  shared_bytes frame = partials_.pop_front();
  partial_bytes_ -= frame->size();
  return frame;
}

// Its ids leave together: the last frame takes them along.
shared_bytes send_queue::take_ihave() {
  shared_bytes frame = shared_ihaves_.pop_front();
  shared_bytes_ -= frame->size();
  if (shared_ihaves_.empty())
    shared_ids_ = 0;
  return frame;
}

bool send_queue::control_waits() const noexcept {
  return !subscriptions_.empty() || !mesh_changes_.empty() || extensions_
         || test_extension_ || !idontwant_.ids.empty();
}

shared_bytes send_queue::next_frame() {
  if (control_frames_.empty() && control_waits())
    encode_control();
  if (!control_frames_.empty())
    return take_frame(control_frames_);
  if (!payload_.empty())
    return take_messages(payload_);
  if (!partials_.empty())
    return take_partial();
  if (!shared_ihaves_.empty())
    return take_ihave();
  if (gossip_frames_.empty() && (!ihaves_.empty() || !iwant_.ids.empty()))
    encode_gossip();
  if (!gossip_frames_.empty())
    return take_frame(gossip_frames_);
  if (!answers_.empty())
    return take_messages(answers_);
  return nullptr;
}

bool send_queue::empty() const noexcept {
  return control_frames_.empty() && !control_waits() && payload_.empty()
         && partials_.empty() && answers_.empty() && gossip_frames_.empty()
         && shared_ihaves_.empty() && ihaves_.empty() && iwant_.ids.empty();
}

lane_size send_queue::size(lane which) const noexcept {
  switch (which) {
  case lane::idontwant:
    return {idontwant_.ids.size(), idontwant_.bytes};
  case lane::control:
    return {subscriptions_.size() + mesh_changes_.size() + (extensions_ ? 1 : 0)
                + control_frames_.size(),
            control_bytes_ + bytes_in(control_frames_)};
  case lane::payload:
    return {payload_.count(), payload_.bytes()};
  case lane::partial:
    return {partials_.size(), partial_bytes_};
  case lane::answer:
    return {answers_.count(), answers_.bytes()};
  case lane::gossip: {
    std::size_t waiting =
        iwant_.bytes + shared_bytes_ + bytes_in(gossip_frames_);
    for (const topic_ids& have : ihaves_)
      waiting += have.topic.size() + have.list.bytes;
    return {ihave_ids_ + shared_ids_ + iwant_.ids.size()
                + gossip_frames_.size(),
            waiting};
  }
  }
  return {};
}

std::size_t send_queue::bytes_waiting() const noexcept {
  std::size_t total = 0;
  for (std::size_t i = 0; i < lane_count; ++i)
    total += size(static_cast<lane>(i)).bytes;
  return total;
}

} // namespace grapevine::gossip
