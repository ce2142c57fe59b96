// A Grapevine node for the benchmarks: commands on standard input, one line of
// answer each on standard output. ../README.md describes them.
#include "actors/node.hpp"
#include "tests/bench/relays/grapevine/options.hpp"
#include "tests/bench/relays/grapevine/traffic.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace grapevine::bench {
namespace {

/// What the node is given to answer; only to notice a bug.
constexpr std::chrono::seconds patience{30};

/// One write, so that the answers of two threads do not mix.
void answer(const std::string& text) {
  std::cout << text + '\n' << std::flush;
}

/// The application: takes what is delivered.
caf::behavior receive(const std::shared_ptr<latency_log>& log) {
  return {
      [log](const messages_delivered& batch) {
        for (const auto& delivered : batch.msgs)
          if (!delivered.source.empty()) // not our own
            log->add(delivered.msg->data());
      },
  };
}

/// A node that obeys commands.
class relay {
public:
  relay(caf::actor_system& system, const relay_settings& settings)
      : system_{system}, self_{system}, node_{spawn_node(
                                            system, make_config(settings))} {
    start(settings.topics);
  }

  /// False when it was told to stop, and has stopped.
  bool obey(const std::string& line) {
    std::istringstream in{line};
    std::string command;
    in >> command;
    if (command == "stop")
      return stop();
    if (command == "connect")
      connect(in);
    else if (command == "publish")
      publish(in);
    else if (command == "report")
      answer(log_->report());
    else
      throw std::runtime_error{"unknown command " + line};
    return true;
  }

private:
  /// Starts the node, and tells where it listens.
  void start(std::size_t topics) {
    ask(self_.ptr(), node_, patience, start_node{})
        .receive(
            [&](const node_started& up) {
              const auto application = system_.spawn(receive, log_);
              for (std::size_t i = 0; i < topics; ++i)
                tell(self_.ptr(), node_,
                     subscribe_topic{topic_name(i), application, true});
              answer(up.addresses.at(0).to_text());
            },
            [](const caf::error& why) {
              throw std::runtime_error{reason_of(why)};
            });
  }

  bool stop() {
    ask(self_.ptr(), node_, patience, stop_node{})
        .receive([](node_stopped) {},
                 [](const caf::error& why) {
                   throw std::runtime_error{reason_of(why)};
                 });
    return false;
  }

  void connect(std::istringstream& in) {
    std::string text;
    in >> text;
    const auto address = libp2p::multiaddr::from_text(text);
    if (!address)
      return answer("failed " + address.error().reason);
    ask(self_.ptr(), node_, patience, connect_peer{*address})
        .receive(
            [](const peer_connected&) { answer("connected"); },
            [](const caf::error& why) { answer("failed " + reason_of(why)); });
  }

  /// In the background, on a thread that ends with the process.
  void publish(std::istringstream& in) {
    steady_load load;
    if (!(in >> load.rate >> load.seconds >> load.size) || !(load.rate > 0))
      throw std::runtime_error{"usage: publish RATE SECONDS SIZE"};
    std::thread{[this, load] {
      answer("published "
             + std::to_string(publish_steadily(system_, node_, load)));
    }}.detach();
  }

  caf::actor_system& system_;
  caf::scoped_actor self_;
  std::shared_ptr<latency_log> log_ = std::make_shared<latency_log>();
  node_actor node_;
};

/// Obeys until its input ends, or until it is told to stop. False at the end of
/// the input.
bool obey_all(caf::actor_system& system, const relay_settings& settings) {
  relay one{system, settings};
  for (std::string line; std::getline(std::cin, line);)
    if (!one.obey(line))
      return true;
  return false;
}

/// At the end of its input it ends without waiting for the node: its peers see
/// that their connections close, as those of the other relays do. When it is
/// told to stop it goes in order, as a program does that has a node.
void run(const relay_settings& settings) {
  caf::actor_system_config config;
  tune_scheduler(config);
  caf::actor_system system{config};
  try {
    if (!obey_all(system, settings))
      std::_Exit(EXIT_SUCCESS);
  } catch (const std::exception& e) {
    std::cerr << "relay: " << e.what() << std::endl;
    std::_Exit(EXIT_FAILURE);
  }
}

} // namespace
} // namespace grapevine::bench

int main(int argc, char** argv) {
  using namespace grapevine::bench;
  grapevine::init_global_meta_objects();
  CLI::App app{"A Grapevine node for the benchmarks"};
  relay_settings settings;
  add_options(app, settings);
  CLI11_PARSE(app, argc, argv);
  run(settings);
}
