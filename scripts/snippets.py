#!/usr/bin/env python3
"""Writes the C++ of documents as programs, so that it can be built and run.

    scripts/snippets.py FOLDER DOCUMENT...

Of each document, a block of ```cpp with a `main` is a program of its own. The
others are parts of an actor's code: one program has them all and runs each in
an actor, as `self`, with a running node, as `node`. FOLDER gets the sources,
and a CMakeLists.txt that finds Grapevine; what is printed to standard error is
a failure (scripts/run_snippets.sh).
"""
import pathlib
import re
import sys

HEADERS = """\
#include <grapevine/actors/node_handle.hpp>
#include <grapevine/actors/node.hpp>
#include <grapevine/messages/topic.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace grapevine;
using namespace std::chrono_literals;
"""

PART = """\
// %(document)s:%(line)d
void part_%(number)d(caf::event_based_actor* self, const node_actor& node) {
  auto& system = self->system();
  (void)system, (void)node;
  {
#line %(line)d "%(document)s"
%(code)s
  }
}
"""

MAIN = """\
// What is sent for in the part comes before the end.
void run(caf::actor_system& system,
         const std::function<void(caf::event_based_actor*, const node_actor&)>&
             part) {
  node_config config{libp2p::private_key::generate()};
  config.listen = {libp2p::multiaddr::from_ip_tcp("127.0.0.1", 0)};
  node_handle node{system, std::move(config)};
  if (const auto up = node.start(); !up)
    std::cerr << reason_of(up.error()) << '\\n';
  // It has asked before the node is stopped here.
  std::promise<void> sent;
  const auto actor = system.spawn(
      [&, to = node.actor()](caf::event_based_actor* self) -> caf::behavior {
        part(self, to);
        sent.set_value();
        return {[](const message_delivered&) {}};
      });
  sent.get_future().wait();
  const caf::scoped_actor self{system};
  ask(self.ptr(), node.actor(), 10s, inspect_node{})
      .receive([](const node_snapshot&) {}, [](const caf::error&) {});
  static_cast<void>(node.stop());
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

int main() {
  init_global_meta_objects();
  caf::actor_system_config settings;
  tune_scheduler(settings);
  caf::actor_system system{settings};
%(calls)s
}
"""


def blocks(text):
    """The ```cpp blocks: the line that each begins at, and its code."""
    for found in re.finditer(r"^```cpp\n(.*?)^```$", text, re.M | re.S):
        yield text.count("\n", 0, found.start()) + 2, found.group(1)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    programs = {}
    parts = []
    for document in sys.argv[2:]:
        for line, code in blocks(pathlib.Path(document).read_text()):
            if "int main(" in code:
                name = f"program_{len(programs)}"
                programs[name] = f'#line {line} "{document}"\n{code}'
            else:
                parts.append(
                    PART % {"document": document, "line": line, "code": code,
                            "number": len(parts)})
    if not programs or not parts:
        sys.exit("snippets.py: the documents have no C++: is it marked cpp?")
    calls = "\n".join(f"  run(system, part_{i});" for i in range(len(parts)))
    programs["parts"] = "\n".join(
        [HEADERS, "namespace {\n", *parts, "} // namespace\n",
         MAIN % {"calls": calls}])
    for name, code in programs.items():
        (folder / f"{name}.cpp").write_text(code)
    names = " ".join(programs)
    (folder / "CMakeLists.txt").write_text(f"""\
cmake_minimum_required(VERSION 3.25)
project(snippets LANGUAGES CXX)
find_package(grapevine REQUIRED COMPONENTS client testing)
foreach(name {names})
  add_executable(${{name}} ${{name}}.cpp)
  target_link_libraries(${{name}} PRIVATE grapevine::client grapevine::testing)
endforeach()
""")
    print(names)


main()
