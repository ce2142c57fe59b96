#include "actors/node/peer_store.hpp"

#include "actors/node/peer_store_file.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace grapevine {

namespace {

using wall_clock = std::chrono::system_clock;

class peer_store_state {
public:
  explicit peer_store_state(peer_store_setup setup) : setup_{std::move(setup)} {
    // Whoever is told that a file cannot be used wants to know it at once.
    ready();
  }

  // Peers that cannot be written are still connected the next time.
  void remember(const remember_peers& msg) { write(msg.peers); }

  void remember(const remember_bans& msg) {
    bans_.insert(bans_.end(), msg.changes.begin(), msg.changes.end());
    write({});
    // Whoever bans more than can be kept loses the first.
    if (bans_.size() > setup_.limits.bans)
      bans_.erase(bans_.begin(),
                  bans_.end()
                      - static_cast<std::ptrdiff_t>(setup_.limits.bans));
  }

  recalled_peers recall(const recall_peers& msg) {
    recalled_peers result;
    use([&](peer_store_file& file) -> expected<void, peer_store_error> {
      auto found = file.recall(msg.most);
      if (!found)
        return unexpected{std::move(found.error())};
      result = *std::move(found);
      return {};
    });
    return result;
  }

  void close() {
    if (!bans_.empty())
      write({});
    file_.reset();
  }

private:
  void write(const std::vector<stored_peer>& peers) {
    const bool done = use([&](peer_store_file& file) {
      return file.remember(peers, bans_, wall_clock::now());
    });
    if (done)
      bans_.clear();
  }

  // Whether the file is open; it is tried again each time.
  bool ready() {
    for (int tries = 0; !file_ && tries < 2; ++tries) {
      auto opened =
          peer_store_file::open(setup_.path, setup_.patience, setup_.limits);
      if (opened)
        file_.emplace(*std::move(opened));
      else if (!mend(opened.error()))
        break;
    }
    return file_.has_value();
  }

  // Once more with a new file if this one proves to be none.
  template <class Use>
  bool use(Use with) {
    for (int tries = 0; tries < 2 && ready(); ++tries) {
      const auto done = with(*file_);
      if (done) {
        recovered();
        return true;
      }
      if (!mend(done.error()))
        break;
    }
    return false;
  }

  // Sets a file aside that cannot be used. False: nothing can be done now.
  bool mend(const peer_store_error& why) {
    if (why.code != peer_store_error::reason::unusable) {
      complain(why.text);
      return false;
    }
    file_.reset();
    const auto name = set_aside(setup_.path, wall_clock::now());
    if (!name) {
      complain(why.text + "; it cannot be renamed: " + name.error());
      return false;
    }
    setup_.log->warn("the peer store {} cannot be used: {}; it is {} now, and "
                     "a new one is begun: known peers and bans are forgotten",
                     setup_.path, why.text, *name);
    return true;
  }

  // Once for each trouble, not each time that it is met.
  void complain(const std::string& why) {
    if (trouble_ == why)
      return;
    trouble_ = why;
    setup_.log->warn("the peer store {} does not work: {}; the node goes on, "
                     "but what it learns of peers and bans is lost when it "
                     "ends; make room or mend the rights, or name another "
                     "file (--peer-store)",
                     setup_.path, why);
  }

  void recovered() {
    if (!std::exchange(trouble_, {}).empty())
      setup_.log->info("the peer store {} works again", setup_.path);
  }

  peer_store_setup setup_;
  std::optional<peer_store_file> file_;
  // Changes that are not written yet.
  std::vector<block_peer> bans_;
  std::string trouble_;
};

peer_store_actor::behavior_type
peer_store(peer_store_actor::pointer self,
           const std::shared_ptr<peer_store_setup>& setup) {
  auto state = std::make_shared<peer_store_state>(std::move(*setup));
  return {
      [state](const remember_peers& msg) { state->remember(msg); },
      [state](const remember_bans& msg) { state->remember(msg); },
      [state](const recall_peers& msg) { return state->recall(msg); },
      [state, self](close_store) {
        // Whoever waits for its end may open the file.
        state->close();
        self->quit();
      },
  };
}

} // namespace

peer_store_actor spawn_peer_store(caf::actor_system& sys,
                                  peer_store_setup setup) {
  // CAF copies what an actor is started with.
  return sys.spawn<caf::detached>(
      peer_store, std::make_shared<peer_store_setup>(std::move(setup)));
}

} // namespace grapevine
