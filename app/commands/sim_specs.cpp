#include "app/commands/command_specs.hpp"
#include "app/commands/commands.hpp"
#include "app/options/suggest.hpp"
#include "app/sim/scenario_examples.hpp"

#include <algorithm>
#include <utility>

namespace grapevine::app {

namespace {

using std::chrono::milliseconds;
using std::filesystem::path;

std::vector<std::string> example_names() {
  std::vector<std::string> names;
  for (const auto& one : scenario_examples())
    names.emplace_back(one.name);
  return names;
}

void add_sim(CLI::App& to, given_texts& given) {
  given.add(to, "FILE", {option_kind::path}, "The scenario, in TOML");
  given.add(to, "--example", {option_kind::choice, example_names()},
            "Prints a scenario to begin with, and runs nothing");
  given.add(to, "--html", {option_kind::path},
            "Writes a page with charts to this file");
  given.add_flag(to, "--json", "Prints the figures as a JSON object");
  given.add(to, "--seed", {option_kind::number},
            "What decides all that is random, in place of the scenario's");
  given.add(to, "--nodes", {option_kind::number},
            "Nodes of the first group, in place of the scenario's");
  given.add(to, "--duration", {option_kind::duration},
            "Virtual time, in place of the scenario's");
  given.add(to, "--at-least", {option_kind::real},
            "Fails if less than this part of the deliveries comes, 0 to 1 "
            "(default: 0)");
}

outcome<exit_code> act_sim(const given_texts& given) {
  sim_arguments arguments;
  arguments.json = given.has("json");
  arguments.example = given.text("example");
  if (arguments.example
      && !std::ranges::count(example_names(), *arguments.example))
    return usage_error("--example: \"" + *arguments.example + "\": must be "
                       + any_of(example_names()));
  const auto read = [&given](auto& to, const std::string& name,
                             auto type) -> outcome<void> {
    const auto value = given.value<decltype(type)>(name);
    if (!value)
      return unexpected{value.error()};
    if (*value)
      to = **value;
    return {};
  };
  for (const auto& done : {read(arguments.file, "FILE", path{}),
                           read(arguments.html, "html", path{}),
                           read(arguments.seed, "seed", std::size_t{}),
                           read(arguments.nodes, "nodes", std::size_t{}),
                           read(arguments.duration, "duration", milliseconds{}),
                           read(arguments.at_least, "at-least", double{})})
    if (!done)
      return unexpected{done.error()};
  if (arguments.file.has_value() == arguments.example.has_value())
    return usage_error("FILE, the scenario, is missing; \"grapevine sim "
                       "--example NAME\" prints one to begin with: "
                       + any_of(example_names()));
  return sim(arguments);
}

} // namespace

command_spec sim_spec() {
  return {"sim", "Simulates a network of nodes in virtual time",
          R"(  grapevine sim --example mesh-12 > plan.toml
  grapevine sim plan.toml --html report.html
  grapevine sim plan.toml --json --seed 7
The nodes have the same rules as "grapevine run": what a network of them will do
before it is built. The same scenario and seed give the same result.)",
          add_sim, act_sim};
}

} // namespace grapevine::app
