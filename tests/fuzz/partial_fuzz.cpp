// Any order of calls and any bytes of peers leave the partial messages within
// their limits, send no part twice to a peer, and none to who did not ask.
#include "gossip/partial/bitmap_parts.hpp"
#include "gossip/partial/partial_messages.hpp"
#include "proto/varint.hpp"
#include "tests/support/fuzz_input.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

constexpr std::size_t part_count = 12;
constexpr std::uint32_t peer_count = 4;
constexpr std::size_t max_rpc_size = 60;
constexpr partial_limits limits{5, 2, 3, 8, 4};

class player {
public:
  explicit player(bytes_view data) : in_{data} {}

  void play() {
    while (!in_.empty()) {
      step();
      check_sends();
      out_.clear();
      for (const auto* topic : topics)
        expect(partial_.group_count(topic) <= limits.peer_groups + published_);
      for (std::uint32_t i = 0; i < peer_count; ++i)
        expect(partial_.metadata_bytes(handle(i)) <= limits.metadata_per_peer);
    }
  }

private:
  static constexpr const char* topics[]{"t", "u", "v"};

  peer_handle handle(std::uint32_t slot) const { return {slot, lives_[slot]}; }
  std::uint32_t slot() { return in_.byte() % peer_count; }
  const char* topic() { return topics[in_.byte() % 3]; }
  bytes group() { return {static_cast<std::uint8_t>(in_.byte() % 8)}; }

  void step() {
    const auto who = slot();
    switch (in_.byte() % 9) {
    case 0:
      partial_.add_peer(handle(who));
      break;
    case 1:
      partial_.remove_peer(handle(who));
      ++lives_[who];
      break;
    case 2: {
      const bool usable = in_.byte() % 4 > 0;
      partial_.set_usable(handle(who), usable);
      if (!usable)
        forget_sent(who);
      break;
    }
    case 3:
      subscribe(who);
      break;
    case 4:
      take_part();
      break;
    case 5:
      publish();
      break;
    case 6:
      receive(who);
      break;
    case 7:
      gossip();
      break;
    default:
      age();
    }
  }

  void take_part() {
    const auto* name = topic();
    const auto flags = in_.byte();
    partial_.set_topic(
        name, {(flags & 1u) != 0,
               std::make_shared<bitmap_parts>(part_count, (flags & 2u) != 0)});
  }

  void subscribe(std::uint32_t who) {
    const auto flags = in_.byte();
    const proto::subscription change{topic(), (flags & 4u) != 0,
                                     (flags & 1u) != 0, (flags & 2u) != 0};
    partial_.subscriptions(handle(who), {&change, 1});
  }

  void publish() {
    numbered_parts parts{part_count};
    const part_set have{in_.some()};
    for (std::size_t i = 0; i < part_count; ++i)
      if (have.contains(i))
        parts.set(i, bytes(i));
    std::vector<peer_handle> whom;
    for (std::uint32_t i = 0; i < peer_count; ++i)
      whom.push_back(handle(i));
    const auto* name = topic();
    if (partial_.publish(name, group(), parts.encode(),
                         parts.available().bits(), whom, out_))
      ++published_;
  }

  void receive(std::uint32_t who) {
    const auto flags = in_.byte();
    const bytes id = group();
    proto::partial_view partial{topic(), id, {}, {}};
    if ((flags & 1u) != 0)
      partial.parts = in_.some();
    if ((flags & 2u) != 0)
      partial.metadata = in_.some();
    partial_.receive(handle(who), partial, out_);
  }

  void gossip() {
    std::vector<peer_handle> peers;
    for (std::uint32_t i = 0; i < peer_count; ++i)
      peers.push_back(handle(i));
    const auto* name = topic();
    partial_.gossip(name, peers, out_);
    for (const peer_handle peer : peers)
      expect(!partial_.requests_partial(peer, name));
    for (const auto& send : out_.sends)
      expect(!send.parts);
  }

  /// A topic's groups, or all of them, come to their end.
  void age() {
    if (in_.byte() % 2 == 0) {
      const auto* name = topic();
      partial_.remove_topic(name);
      expect(partial_.group_count(name) == 0);
    } else {
      for (int i = 0; i < 4; ++i)
        partial_.heartbeat();
      for (const auto* name : topics)
        expect(partial_.group_count(name) == 0);
      published_ = 0;
    }
    sent_.clear();
  }

  void forget_sent(std::uint32_t who) {
    std::erase_if(sent_, [&](const auto& sent) {
      return std::get<0>(sent) == handle(who);
    });
  }

  void check_sends() {
    for (const auto& send : out_.sends) {
      expect(send.frame->size() <= max_rpc_size);
      const auto length = read_varint(*send.frame);
      const auto rpc =
          proto::decode_rpc(bytes_view{*send.frame}.subspan(length.size), {});
      expect(rpc && rpc->partial);
      expect(rpc->partial->parts.has_value() == send.parts);
      if (send.parts)
        check_parts(send.to, *rpc->partial);
    }
  }

  void check_parts(peer_handle to, const proto::partial_view& partial) {
    expect(partial_.requests_partial(to, partial.topic));
    numbered_parts parts{part_count};
    expect(parts.merge(*partial.parts));
    for (std::size_t i = 0; i < part_count; ++i)
      if (parts.get(i))
        expect(sent_
                   .insert({to, std::string{partial.topic},
                            grapevine::to_string(partial.group), i})
                   .second);
  }

  fuzz_input in_;
  partial_messages partial_{limits, max_rpc_size};
  partial_effects out_;
  std::uint32_t lives_[peer_count]{};
  std::size_t published_ = 0;
  std::set<std::tuple<peer_handle, std::string, std::string, std::size_t>>
      sent_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  // Too long an input only repeats itself.
  player{{data, std::min<std::size_t>(size, 4'096)}}.play();
  numbered_parts parts{part_count};
  if (parts.merge({data, size}))
    expect(numbered_parts{part_count}.merge(parts.encode()));
  return 0;
}
