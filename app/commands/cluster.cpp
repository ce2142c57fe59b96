#include "app/commands/cluster.hpp"

#include "app/client/answer_fields.hpp"
#include "app/client/node_views.hpp"
#include "app/cluster/cluster.hpp"
#include "app/cluster/cluster_lock.hpp"
#include "app/cluster/page_server.hpp"
#include "app/cluster/tool.hpp"
#include "app/commands/file_limit.hpp"
#include "app/commands/with_node.hpp"
#include "app/console/output.hpp"
#include "app/console/table.hpp"
#include "app/console/terminal.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace grapevine::app {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A node ends within 5 s, and a whole cluster at once may take some more.
constexpr seconds stop_patience{15};
constexpr seconds down_patience{60};
constexpr milliseconds look_interval{50};

outcome<std::vector<cluster::fault_step>>
faults_of(const cluster_up_arguments& arguments) {
  if (!arguments.faults)
    return std::vector<cluster::fault_step>{};
  return cluster::read_faults(
      *arguments.faults,
      {arguments.wish.nodes, arguments.wish.namespaces, arguments.wish.seed});
}

outcome<http::listening_socket> listen_for_page(std::uint16_t port) {
  const auto where =
      value_text<api_address>::parse(fmt::format("127.0.0.1:{}", port)).value();
  auto socket = http::listen_at(where);
  if (!socket)
    return runtime_error(fmt::format(
        "the page cannot be at 127.0.0.1:{}: {}; name another port with --port",
        port, socket.error().reason));
  return *std::move(socket);
}

outcome<void> check_ready(const std::vector<std::string>& missing,
                          const cluster_up_arguments& arguments) {
  if (missing.empty())
    return {};
  return runtime_error(fmt::format(
      "{} of {} nodes are not up: {}; their logs are in \"{}\"", missing.size(),
      arguments.wish.nodes, missing.front(), arguments.wish.folder.string()));
}

// Its whole life. `up` is called once it is up: false if nobody waits for it
// any more.
outcome<exit_code>
run_cluster(const cluster_up_arguments& arguments,
            const std::vector<cluster::fault_step>& faults,
            const std::function<void(const std::string&)>& up) {
  raise_file_limit();
  auto lock = cluster::cluster_lock::take(arguments.wish.folder);
  if (!lock)
    return unexpected{lock.error()};
  auto socket = listen_for_page(arguments.wish.port);
  if (!socket)
    return unexpected{socket.error()};
  const auto url = socket->url();
  if (auto written =
          lock->write(value_text<api_address>::format(socket->where));
      !written)
    return unexpected{written.error()};
  stop_signals signals;
  cluster::cluster nodes{arguments.wish, faults,
                         [](const std::string& text) { print_notice(text); }};
  signals.watch([] {});
  const auto& stop = signals.stopped();
  const cluster::page_server page{*std::move(socket),
                                  [&] { return nodes.describe(); }};
  if (auto started = nodes.start(); !started)
    return unexpected{started.error()};
  const auto missing = nodes.await_ready(arguments.wait, stop);
  if (!stop.raised()) {
    if (auto ready = check_ready(missing, arguments); !ready)
      return unexpected{ready.error()};
    up(fmt::format("{} nodes are up: {}/", arguments.wish.nodes, url));
    nodes.run(stop);
  }
  nodes.stop(stop_patience);
  return success;
}

// -- in the background --------------------------------------------------------

outcome<void> let_go_of_terminal(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  const auto log = folder / "cluster.log";
  const unique_fd nothing{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  const unique_fd file{
      ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  if (!file || !nothing)
    return runtime_error(fmt::format("\"{}\": cannot be opened: {}",
                                     log.string(), std::strerror(errno)));
  ::setsid();
  ::dup2(nothing.get(), STDIN_FILENO);
  ::dup2(file.get(), STDOUT_FILENO);
  ::dup2(file.get(), STDERR_FILENO);
  return {};
}

// The first byte of what it says is how it has gone: `+` or `-`.
void say(unique_fd& to, char how, const std::string& text) {
  const auto line = how + text;
  (void)!::write(to.get(), line.data(), line.size());
  to.reset();
}

exit_code run_behind(const cluster_up_arguments& arguments,
                     const std::vector<cluster::fault_step>& faults,
                     unique_fd& to) {
  auto ended = let_go_of_terminal(arguments.wish.folder).and_then([&] {
    return run_cluster(arguments, faults,
                       [&](const std::string& text) { say(to, '+', text); });
  });
  if (ended)
    return *ended;
  print_notice(ended.error().text);
  if (to)
    say(to, '-', ended.error().text);
  return ended.error().code;
}

outcome<exit_code> detach(const cluster_up_arguments& arguments,
                          const std::vector<cluster::fault_step>& faults) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return runtime_error(std::string{"no pipe: "} + std::strerror(errno));
  const unique_fd reader{ends[0]};
  unique_fd writer{ends[1]};
  // Before there is any other thread.
  const auto process = ::fork();
  if (process < 0)
    return runtime_error(std::string{"cannot go into the background: "}
                         + std::strerror(errno));
  if (process == 0)
    ::_exit(run_behind(arguments, faults, writer));
  writer.reset();
  // What it says until it is up, or ends.
  const auto said = cluster::read_to_end(reader.get());
  if (said.empty() || said.front() != '+')
    return runtime_error(
        said.empty()
            ? "the cluster has ended; see \""
                  + (arguments.wish.folder / "cluster.log").string() + "\""
            : said.substr(1));
  if (auto printed = print_line(said.substr(1)); !printed)
    return unexpected{printed.error()};
  return success;
}

// -- status -------------------------------------------------------------------

outcome<cluster::running_cluster> find(const std::filesystem::path& folder) {
  auto found = cluster::find_cluster(folder);
  if (!found)
    return runtime_error(
        fmt::format("no cluster is up in \"{}\"; \"grapevine cluster up\" "
                    "begins one",
                    folder.string()));
  return *std::move(found);
}

std::string meshes_text(const json& node) {
  std::string text;
  for (const auto& [topic, mesh] : client::at(node, "meshes").items())
    text +=
        fmt::format("{}{}: {}", text.empty() ? "" : ", ", topic, mesh.size());
  return text;
}

text_table table_of(const json& seen) {
  text_table table{{{"NODE"},
                    {"STATE"},
                    {"PEERS", true},
                    {"DELIVERED", true},
                    {"DUPLICATES", true},
                    {"API"},
                    {"MESHES", false, 8}}};
  for (const auto& one : client::at(seen, "nodes"))
    table.add({client::text_at(one, "name"), client::text_at(one, "state"),
               client::count_at(one, "peers"),
               client::count_at(one, "delivered"),
               client::count_at(one, "duplicates"), client::text_at(one, "api"),
               meshes_text(one)});
  return table;
}

} // namespace

outcome<exit_code> cluster_up(const cluster_up_arguments& arguments) {
  const auto faults = faults_of(arguments);
  if (!faults)
    return unexpected{faults.error()};
  if (arguments.detach)
    return detach(arguments, *faults);
  return run_cluster(arguments, *faults, [](const std::string& text) {
    // If nobody reads it, the cluster is there nonetheless.
    (void)print_line(text);
  });
}

outcome<exit_code> cluster_status(const std::filesystem::path& folder,
                                  bool json_wanted) {
  const auto found = find(folder);
  if (!found)
    return unexpected{found.error()};
  const auto place = value_text<node_place>::parse(found->place);
  if (!place)
    return runtime_error("the cluster is about to begin; ask again");
  return with_node(
      {*place, {}}, [&](remote_node& remote) -> outcome<exit_code> {
        const auto answer = remote.client.get("/api/v1/cluster");
        if (!answer)
          return unexpected{answer.error()};
        const auto seen = json::parse(*answer, nullptr, false);
        if (!seen.is_object())
          return unexpected{remote.client.not_understood()};
        const auto size = output_size();
        auto lines =
            json_wanted ? client::text_lines{seen.dump()}
                        : table_of(seen).lines(
                            size ? std::optional{size->columns} : std::nullopt);
        for (const auto& line : lines)
          if (auto printed = print_line(line); !printed)
            return unexpected{printed.error()};
        return success;
      });
}

outcome<exit_code> cluster_down(const std::filesystem::path& folder) {
  const auto found = find(folder);
  if (!found)
    return unexpected{found.error()};
  if (::kill(found->process, SIGTERM) != 0)
    return runtime_error(fmt::format("the cluster's process {} cannot be told "
                                     "to end: {}",
                                     found->process, std::strerror(errno)));
  const auto until = std::chrono::steady_clock::now() + down_patience;
  while (cluster::find_cluster(folder)) {
    if (std::chrono::steady_clock::now() >= until)
      return runtime_error(
          fmt::format("the cluster's process {} was told to end and has not",
                      found->process));
    std::this_thread::sleep_for(look_interval);
  }
  return success;
}

} // namespace grapevine::app
