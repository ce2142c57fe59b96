#include "tests/bench/broker_process.hpp"

#include "tests/bench/process_stats.hpp"
#include "tests/bench/relay_process.hpp"
#include "tests/support/certificates.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <stdlib.h>
#include <thread>

namespace grapevine::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto start_patience = 20s;

/// For us alone: a key will be in it.
std::filesystem::path new_folder() {
  auto pattern =
      (std::filesystem::temp_directory_path() / "bench_broker.XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error{"cannot make a folder for the broker"};
  return pattern;
}

/// One that nobody listens on now.
endpoint free_port() {
  const auto where =
      endpoint::of(*libp2p::multiaddr::from_text("/ip4/127.0.0.1/tcp/0"));
  const auto listener = listen_on(where.value());
  if (!listener)
    throw std::runtime_error{listener.error().reason};
  return local_endpoint(listener->get());
}

void write(const std::filesystem::path& path, const std::string& text) {
  if (!(std::ofstream{path} << text << std::flush))
    throw std::runtime_error{"cannot write " + path.string()};
}

/// Nothing that drops messages, as of the relays; all else by default.
std::string nats_settings(const std::string& port, const std::string& folder) {
  return "listen: 127.0.0.1:" + port
         + "\nmax_pending: 1GB\ntls {\n  cert_file: \"" + folder
         + "/certificate.pem\"\n  key_file: \"" + folder + "/key.pem\"\n}\n";
}

/// Besides, without Nagle's algorithm: it would delay what is not full. It
/// would give up being root, and cannot read its key then.
std::string mosquitto_settings(const std::string& port,
                               const std::string& folder) {
  return "listener " + port + " 127.0.0.1\ncertfile " + folder
         + "/certificate.pem\nkeyfile " + folder
         + "/key.pem\nallow_anonymous true\nmax_queued_messages 0\n"
           "set_tcp_nodelay true\npersistence false\nuser root\n"
           "log_dest stderr\nlog_type error\n";
}

} // namespace

broker_process::broker_process(broker_kind broker,
                               const std::filesystem::path& program,
                               const std::vector<int>& cores)
    : folder_{new_folder()}, address_{free_port()}, process_{start(broker,
                                                                   program,
                                                                   cores)} {
  await_listening();
}

broker_process::~broker_process() {
  process_.kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

support::process broker_process::start(broker_kind broker,
                                       const std::filesystem::path& program,
                                       const std::vector<int>& cores) {
  const auto root = test::certificate::root("bench");
  const auto own = root.sign("localhost");
  issuer_ = root.pem();
  write(folder_ / "certificate.pem", own.pem());
  write(folder_ / "key.pem", own.key_pem());
  const auto port = std::to_string(address_.port());
  const auto settings = folder_ / "settings";
  write(settings, broker == broker_kind::nats
                      ? nats_settings(port, folder_.string())
                      : mosquitto_settings(port, folder_.string()));
  const borrowed_cores its{cores};
  return {{program.string(), "-c", settings.string()}, folder_ / "log"};
}

void broker_process::await_listening() {
  const auto deadline = std::chrono::steady_clock::now() + start_patience;
  const auto listens = [this] {
    const auto socket = start_connect(address_);
    // Over the loopback interface it is decided at once.
    return socket && connect_result(socket->get()) == 0
           && peek(socket->get()) != io_status::failed;
  };
  while (!listens()) {
    if (std::chrono::steady_clock::now() > deadline
        || process_.wait(std::chrono::steady_clock::now())) {
      std::ifstream log{folder_ / "log"};
      throw std::runtime_error{
          "the broker does not listen; it said:\n"
          + std::string{std::istreambuf_iterator<char>{log}, {}}};
    }
    std::this_thread::sleep_for(20ms);
  }
}

} // namespace grapevine::bench
