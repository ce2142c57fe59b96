#include "app/cluster/cluster.hpp"

#include <algorithm>
#include <csignal>
#include <fmt/format.h>
#include <thread>
#include <utility>

namespace grapevine::app::cluster {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds look_interval{50};

outcome<void> make_folder(const std::filesystem::path& folder) {
  std::error_code why;
  std::filesystem::create_directories(folder, why);
  if (why)
    return runtime_error(fmt::format("\"{}\": cannot be made: {}",
                                     folder.string(), why.message()));
  return {};
}

bool is_network(fault_action what) {
  return what == fault_action::cut || what == fault_action::join
         || what == fault_action::impair || what == fault_action::repair;
}

} // namespace

cluster::cluster(const cluster_wish& wish, std::vector<fault_step> faults,
                 say note)
    : plan_{plan_cluster(wish)}, faults_{std::move(faults)},
      note_{std::move(note)}, namespaces_{wish.namespaces},
      wanted_(plan_.size(), false), watch_{plan_, wish.topics} {}

cluster::~cluster() {
  // Nodes are gone before their networks.
  processes_.clear();
}

outcome<void> cluster::start() {
  if (namespaces_)
    if (auto made = make_networks(); !made)
      return made;
  for (std::size_t i = 0; i < plan_.size(); ++i) {
    if (auto made = make_folder(plan_[i].folder); !made)
      return made;
    processes_.emplace_back(plan_[i], networks_.name(i));
    if (auto started = processes_[i].start(); !started)
      return started;
    wanted_[i] = true;
  }
  return {};
}

// What cannot be done is said now, not when it is due.
outcome<void> cluster::make_networks() {
  if (auto made = networks_.make(plan_); !made)
    return made;
  if (std::ranges::find(faults_, fault_action::impair, &fault_step::what)
      == faults_.end())
    return {};
  return networks_.check_impair();
}

std::vector<std::string> cluster::await_ready(milliseconds patience,
                                              const stop_flag& stop) {
  const auto until = clock::now() + patience;
  for (;;) {
    look_at_nodes();
    auto missing = not_ready(watch_.describe());
    // One that has ended does not come up any more.
    if (missing.empty() || clock::now() >= until
        || std::ranges::find(wanted_, false) != wanted_.end()
        || stop.raised_within(look_interval))
      return missing;
  }
}

void cluster::run(const stop_flag& stop) {
  const auto begun = clock::now();
  auto next = faults_.begin();
  while (!stop.raised_within(look_interval)) {
    look_at_nodes();
    for (; next != faults_.end() && clock::now() - begun >= next->at; ++next)
      apply(*next);
  }
}

void cluster::stop(milliseconds patience) {
  for (auto& one : processes_) {
    one.signal(SIGTERM);
    one.signal(SIGCONT);
  }
  const auto runs = [](node_process& one) {
    return one.look() != node_process::state::ended;
  };
  for (const auto until = clock::now() + patience;
       clock::now() < until && std::ranges::any_of(processes_, runs);)
    std::this_thread::sleep_for(look_interval);
  for (std::size_t i = 0; i < processes_.size(); ++i)
    if (runs(processes_[i]))
      tell(plan_[i].name + " did not end in time and is killed");
  processes_.clear();
}

// Those that have ended though nobody has ended them.
void cluster::look_at_nodes() {
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    const auto state = processes_[i].look();
    if (state == node_process::state::ended && std::exchange(wanted_[i], false))
      tell(fmt::format("{} has ended by itself ({}); see {}", plan_[i].name,
                       processes_[i].how_it_ended(),
                       log_of(plan_[i]).string()));
    watch_.set_state(i, state == node_process::state::running ? "running"
                        : state == node_process::state::paused
                            ? "paused"
                            : processes_[i].how_it_ended());
  }
}

void cluster::apply(const fault_step& step) {
  const auto done =
      is_network(step.what) ? apply_to_network(step) : apply_to_process(step);
  const auto what =
      fmt::format("{} {}", name_of(step.what), plan_[step.node].name);
  tell(done ? what : what + " failed: " + done.error().text);
}

outcome<void> cluster::apply_to_process(const fault_step& step) {
  auto& one = processes_[step.node];
  switch (step.what) {
  case fault_action::kill:
  case fault_action::stop:
    wanted_[step.node] = false;
    one.signal(step.what == fault_action::kill ? SIGKILL : SIGTERM);
    return {};
  case fault_action::pause:
    one.signal(SIGSTOP);
    return {};
  case fault_action::resume:
    one.signal(SIGCONT);
    return {};
  default:
    wanted_[step.node] = true;
    return one.start();
  }
}

outcome<void> cluster::apply_to_network(const fault_step& step) {
  switch (step.what) {
  case fault_action::cut:
    return networks_.cut(step.node);
  case fault_action::join:
    return networks_.join(step.node);
  case fault_action::impair:
    return networks_.impair(step.node, step.quality);
  default:
    return networks_.repair(step.node);
  }
}

void cluster::tell(std::string text) {
  note_(text);
  watch_.add_event(std::move(text));
}

} // namespace grapevine::app::cluster
