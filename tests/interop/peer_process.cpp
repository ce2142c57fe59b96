#include "tests/interop/peer_process.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace grapevine::interop {

namespace {

using clock = std::chrono::steady_clock;

/// How many events and lines of a log a failure shows.
constexpr std::size_t shown_events = 40;
constexpr std::size_t shown_log = 3000;

/// Numbers the peers of this run, for their names and logs.
std::string next_name(const implementation& program) {
  static int counter = 0;
  return program.name + "-" + std::to_string(++counter);
}

std::filesystem::path log_of(const std::string& name) {
  auto folder = std::filesystem::temp_directory_path() / "grapevine-interop";
  std::filesystem::create_directories(folder);
  return folder / (std::to_string(::getpid()) + "-" + name + ".log");
}

/// The flags of what came with gossipsub 1.1 and later.
void add_extensions(std::vector<std::string>& line,
                    const peer_options& options) {
  auto add_if = [&line](bool wanted, const char* flag) {
    if (wanted)
      line.emplace_back(flag);
  };
  auto add = [&line](const std::string& flag, const std::string& value) {
    line.push_back(flag);
    line.push_back(value);
  };
  add_if(options.px, "--px");
  add_if(options.score, "--score");
  add_if(options.test_extension, "--test-extension");
  add_if(options.hold, "--hold");
  add_if(options.trace, "--trace");
  add_if(options.mdns, "--mdns");
  for (const auto& address : options.direct)
    add("--direct", address);
  for (const auto& topic : options.partial)
    add("--partial", topic);
}

std::vector<std::string> command_line(const implementation& program,
                                      const peer_options& options) {
  std::vector<std::string> line{program.program.string()};
  auto add = [&line](const std::string& flag, const std::string& value) {
    line.push_back(flag);
    line.push_back(value);
  };
  if (options.signing == policy::strict_no_sign)
    add("--policy", "strict-no-sign");
  for (const auto& topic : options.topics)
    add("--topic", topic);
  for (const auto& address : options.dial)
    add("--peer", address);
  if (!options.listen.empty())
    add("--listen", options.listen);
  if (options.identity_seed)
    add("--identity-seed", std::to_string(*options.identity_seed));
  if (options.no_mesh)
    line.emplace_back("--no-mesh");
  if (options.flood_publish)
    add("--flood-publish", *options.flood_publish ? "on" : "off");
  if (!options.protocol.empty())
    add("--protocol", options.protocol);
  if (!options.security.empty())
    add("--security", options.security);
  if (!options.swarm_key.empty())
    add("--swarm-key", options.swarm_key);
  add_extensions(line, options);
  return line;
}

std::string tail_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  return text.size() <= shown_log ? text : text.substr(text.size() - shown_log);
}

bool is(const nlohmann::json& event, const char* name) {
  return event.value("event", "") == name;
}

} // namespace

peer_process::peer_process(const implementation& program,
                           const peer_options& options)
    : name_{next_name(program)}, error_log_{log_of(name_)},
      process_{command_line(program, options), error_log_} {
  auto event =
      wait_for("its address", [](const json& e) { return is(e, "listening"); });
  address_ = event.at("addr").get<std::string>();
  auto last = address_.rfind("/p2p/");
  if (last == std::string::npos)
    fail("an address with a peer id", address_);
  id_ = address_.substr(last + 5);
}

peer_process::~peer_process() {
  process_.kill();
  // What a peer logged is of interest only when its case failed.
  if (std::uncaught_exceptions() == 0) {
    std::error_code ignored;
    std::filesystem::remove(error_log_, ignored);
  }
}

std::string peer_process::listen_address() const {
  return address_.substr(0, address_.rfind("/p2p/"));
}

nlohmann::json peer_process::wait_for(std::string_view what,
                                      const matcher& matches,
                                      std::chrono::milliseconds patience) {
  auto until = clock::now() + patience;
  for (std::size_t i = 0;; ++i) {
    while (i == events_.size())
      if (!read_event(until))
        fail(what, "none came in time");
    auto& candidate = events_[i];
    if (!candidate.returned && matches(candidate.event)) {
      candidate.returned = true;
      return candidate.event;
    }
  }
}

void peer_process::wait_for_peer(const std::string& event,
                                 const peer_process& other) {
  wait_for(event + " for " + other.name(), [&](const json& e) {
    return is(e, event.c_str()) && e.at("peer") == other.id();
  });
}

void peer_process::wait_for_subscription(const peer_process& other,
                                         const std::string& topic) {
  wait_for("a subscription of " + other.name(), [&](const json& e) {
    return is(e, "subscribed") && e.at("peer") == other.id()
           && e.at("topic") == topic;
  });
}

void peer_process::dial(const peer_process& other) {
  send({{"cmd", "dial"}, {"addr", other.address()}});
}

void peer_process::subscribe(const std::string& topic) {
  send({{"cmd", "subscribe"}, {"topic", topic}});
}

void peer_process::unsubscribe(const std::string& topic) {
  send({{"cmd", "unsubscribe"}, {"topic", topic}});
}

void peer_process::publish(const payload& data, const std::string& topic) {
  json command{{"cmd", "publish"}, {"topic", topic}};
  if (data.text.empty()) {
    command["size"] = data.size;
    command["seed"] = data.seed;
  } else {
    command["text"] = data.text;
  }
  send(command);
  wait_until_published();
}

void peer_process::wait_until_published() {
  auto answer = wait_for("that it published", [](const json& e) {
    return is(e, "published") || is(e, "publish_failed");
  });
  if (is(answer, "publish_failed"))
    fail("that it published", answer.dump());
}

void peer_process::publish_partial(const message_parts& parts,
                                   const std::string& topic) {
  send({{"cmd", "publish_partial"},
        {"topic", topic},
        {"group", parts.group},
        {"seed", parts.seed},
        {"size", parts.size},
        {"parts", parts.parts}});
  wait_until_published();
}

void peer_process::tell_unwanted(const peer_process& other,
                                 const std::string& id,
                                 const std::string& topic) {
  send({{"cmd", "idontwant"},
        {"topic", topic},
        {"peer", other.id()},
        {"id", id}});
}

void peer_process::release() {
  send({{"cmd", "release"}});
}

std::map<std::string, neighbour> peer_process::peers() {
  send({{"cmd", "peers"}});
  auto answer =
      wait_for("its peers", [](const json& e) { return is(e, "peers"); });
  std::map<std::string, neighbour> result;
  for (const auto& other : answer.at("peers")) {
    neighbour known{other.at("protocol").get<std::string>(), {}};
    if (!other.at("score").is_null())
      known.score = other.at("score").get<double>();
    result.emplace(other.at("peer").get<std::string>(), std::move(known));
  }
  return result;
}

std::vector<std::string> peer_process::mesh(const std::string& topic) {
  send({{"cmd", "mesh"}, {"topic", topic}});
  auto answer = wait_for("its mesh", [&](const json& e) {
    return is(e, "mesh") && e.at("topic") == topic;
  });
  auto peers = answer.at("peers").get<std::vector<std::string>>();
  std::sort(peers.begin(), peers.end());
  return peers;
}

std::size_t peer_process::count(const matcher& matches) const {
  auto number = std::count_if(events_.begin(), events_.end(),
                              [&](const entry& e) { return matches(e.event); });
  return static_cast<std::size_t>(number);
}

void peer_process::collect(support::deadline until) {
  while (read_event(until)) {
  }
}

bool peer_process::quit() {
  send({{"cmd", "quit"}});
  return ended_well();
}

bool peer_process::hang_up() {
  process_.close_input();
  return ended_well();
}

bool peer_process::ended_well() {
  auto status = process_.wait(clock::now() + default_patience);
  return status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
}

void peer_process::send(const json& command) {
  if (!process_.write_line(command.dump()))
    fail("that it takes the command " + command.dump(), "it has ended");
}

/// Reads one event; false when the deadline passes first.
bool peer_process::read_event(support::deadline until) {
  std::string line;
  switch (process_.read_line(line, until)) {
  case support::read_status::timeout:
    return false;
  case support::read_status::end:
    fail("an event", "it has ended");
  case support::read_status::line:
    break;
  }
  auto event = json::parse(line, nullptr, false);
  if (!event.is_object())
    fail("a JSON object", "the line was: " + line);
  events_.push_back({std::move(event), false});
  return true;
}

void peer_process::fail(std::string_view what, std::string_view why) const {
  std::ostringstream text;
  text << name_ << " should have reported " << what << ": " << why
       << "\nits events:";
  auto first = events_.size() - std::min(events_.size(), shown_events);
  for (auto i = first; i < events_.size(); ++i)
    text << "\n  " << (events_[i].returned ? "seen " : "     ")
         << events_[i].event.dump();
  text << "\nits log (" << error_log_.string() << "):\n" << tail_of(error_log_);
  throw peer_failure{text.str()};
}

} // namespace grapevine::interop
