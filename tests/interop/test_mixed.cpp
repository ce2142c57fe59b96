#include "tests/interop/cases.hpp"

#include <memory>

namespace grapevine::interop {
namespace {

/// A network of peers and its edges.
class network {
public:
  explicit network(policy signing) : signing_{signing} {}

  /// Starts a peer that dials peers which were added before.
  void add(const implementation& program, std::vector<std::size_t> dialled) {
    peer_options options{.signing = signing_};
    for (auto index : dialled)
      options.dial.push_back(peers_[index]->address());
    peers_.push_back(std::make_unique<peer_process>(program, options));
    neighbours_.emplace_back();
    for (auto index : dialled)
      link(index, peers_.size() - 1);
  }

  /// Waits until every edge is part of the mesh, at both of its ends.
  void wait_until_meshed() {
    for (std::size_t i = 0; i < peers_.size(); ++i)
      wait_for_mesh(*peers_[i], neighbours_[i]);
  }

  /// Everybody publishes; every message must reach all the others.
  void everybody_publishes(std::uint64_t seed, std::size_t size) {
    std::vector<payload> sent;
    for (auto& peer : peers_) {
      sent.push_back(payload::of_random(seed++, size));
      peer->publish(sent.back());
    }
    for (std::size_t author = 0; author < peers_.size(); ++author)
      for (auto& peer : peers_)
        if (peer != peers_[author])
          expect_message(*peer, *peers_[author], sent[author], signing_);
    sent_.insert(sent_.end(), sent.begin(), sent.end());
  }

  /// Nobody may have got anything twice, nor have got back its own.
  void expect_each_once() const {
    for (const auto& peer : peers_) {
      auto total =
          peer->count([](const auto& e) { return e.at("event") == "message"; });
      INFO(peer->name());
      CHECK(total == sent_.size() / peers_.size() * (peers_.size() - 1));
    }
  }

  /// Ends a peer without a word and forgets it.
  void kill(std::size_t index) {
    auto* gone = peers_[index].get();
    gone->kill();
    for (std::size_t i = 0; i < peers_.size(); ++i)
      if (std::erase(neighbours_[i], gone) > 0)
        peers_[i]->wait_for_peer("disconnected", *gone);
    auto offset = static_cast<std::ptrdiff_t>(index);
    peers_.erase(peers_.begin() + offset);
    neighbours_.erase(neighbours_.begin() + offset);
  }

private:
  void link(std::size_t a, std::size_t b) {
    neighbours_[a].push_back(peers_[b].get());
    neighbours_[b].push_back(peers_[a].get());
  }

  policy signing_;
  std::vector<std::unique_ptr<peer_process>> peers_;
  std::vector<peer_list> neighbours_;
  std::vector<payload> sent_;
};

/// Six peers in a ring with one chord:
///
///     subject 0 - go 1 - rust 2
///         |    \            |
///       go 5 - js 4 -  subject 3      (the chord is 0 - 3)
network ring_of_six(const everyone& all, policy signing) {
  network ring{signing};
  ring.add(all.at("subject"), {});
  ring.add(all.at("go"), {0});
  ring.add(all.at("rust"), {1});
  ring.add(all.at("subject"), {2, 0});
  ring.add(all.at("js"), {3});
  ring.add(all.at("go"), {4, 0});
  ring.wait_until_meshed();
  return ring;
}

/// The second round comes after the duplicates of the first, so that one that
/// was wrongly reported is seen.
void two_rounds(const everyone& all, policy signing) {
  auto ring = ring_of_six(all, signing);
  ring.everybody_publishes(100, 20);
  ring.everybody_publishes(200, 50'000);
  ring.expect_each_once();
}

TEST_CASE("mixed: six peers in a ring, signed, everything once", "[mixed]") {
  run_mixed_case({"go", "rust", "js"}, [](const everyone& all) {
    two_rounds(all, policy::strict_sign);
  });
}

TEST_CASE("mixed: six peers in a ring, unsigned, everything once", "[mixed]") {
  run_mixed_case({"go", "rust", "js"}, [](const everyone& all) {
    two_rounds(all, policy::strict_no_sign);
  });
}

TEST_CASE("mixed: the ring heals when a peer is killed", "[mixed]") {
  run_mixed_case({"go", "rust", "js"}, [](const everyone& all) {
    auto ring = ring_of_six(all, policy::strict_sign);
    ring.everybody_publishes(300, 20);
    ring.kill(1);
    ring.wait_until_meshed();
    ring.everybody_publishes(400, 20);
  });
}

/// Every kind of link, each end publishing large messages through all of them.
TEST_CASE("mixed: large messages along a line of nine", "[mixed]") {
  run_mixed_case({"go", "rust", "js", "py"}, [](const everyone& all) {
    network line{policy::strict_sign};
    line.add(all.at("subject"), {});
    std::size_t last = 0;
    for (const auto* next :
         {"go", "subject", "rust", "subject", "js", "subject", "py", "subject"})
      line.add(all.at(next), {last++});
    line.wait_until_meshed();
    line.everybody_publishes(500, 900 * 1024);
    line.everybody_publishes(600, 20);
    line.expect_each_once();
  });
}

} // namespace
} // namespace grapevine::interop
