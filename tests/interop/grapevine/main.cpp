// Our own peer behind the line protocol of the interop tests: commands on
// standard input, events on standard output, one JSON object a line.
// ../README.md describes it.
#include "tests/interop/grapevine/line_peer.hpp"
#include "tests/interop/grapevine/options.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <iostream>
#include <string>

namespace grapevine::interop {
namespace {

using nlohmann::json;

bool is_quit(const std::string& line) {
  const auto command = json::parse(line, nullptr, false);
  return command.is_object() && command.value("cmd", json{}) == "quit";
}

void serve(const options& o) {
  const auto config = make_config(o);
  caf::actor_system_config system_config;
  tune_scheduler(system_config);
  caf::actor_system system{system_config};
  const auto peer = system.spawn<caf::detached>(run_peer, o, config);
  std::string line;
  while (std::getline(std::cin, line) && !is_quit(line))
    tell_from_outside(peer, line);
  tell_from_outside(peer, stop_node{});
}

} // namespace
} // namespace grapevine::interop

int main(int argc, char** argv) {
  using namespace grapevine::interop;
  grapevine::init_global_meta_objects();
  CLI::App app{"A Grapevine node behind the interop tests' line protocol"};
  options o;
  add_options(app, o);
  try {
    app.parse(argc, argv);
    serve(o);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return 2;
  }
  return EXIT_SUCCESS;
}
