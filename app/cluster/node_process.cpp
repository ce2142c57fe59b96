#include "app/cluster/node_process.hpp"

#include "actors/host/socket.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace grapevine::app::cluster {

namespace {

outcome<unique_fd> open_file(const std::string& path, int flags) {
  constexpr mode_t for_its_owner = 0600;
  unique_fd file{::open(path.c_str(), flags | O_CLOEXEC, for_its_owner)};
  if (!file)
    return runtime_error(fmt::format("\"{}\": cannot be opened: {}", path,
                                     std::strerror(errno)));
  return file;
}

struct child_setup {
  int output;
  // -1: this process's.
  int network;
  char** words;
};

// Between fork and exec, where nothing may be called that takes memory or a
// lock. An exit status says at which step it has failed.
[[noreturn]] void be_node(const child_setup& how) {
  constexpr int failed = 127;
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // Ctrl-C is for whoever has made the cluster, who then ends its nodes.
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if ((how.network >= 0 && ::setns(how.network, CLONE_NEWNET) != 0)
      || ::dup2(how.output, STDOUT_FILENO) < 0
      || ::dup2(how.output, STDERR_FILENO) < 0)
    ::_exit(failed);
  ::execv("/proc/self/exe", how.words);
  ::_exit(failed);
}

std::string ending_of(int status) {
  if (WIFSIGNALED(status))
    return fmt::format("signal {}", WTERMSIG(status));
  return fmt::format("status {}", WEXITSTATUS(status));
}

} // namespace

std::filesystem::path log_of(const node_plan& plan) {
  return plan.folder / "log";
}

node_process::~node_process() {
  if (process_ == 0)
    return;
  signal(SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

outcome<void> node_process::start() {
  if (look() != state::ended)
    return {};
  const auto output =
      open_file(log_of(*plan_).string(), O_WRONLY | O_CREAT | O_APPEND);
  if (!output)
    return unexpected{output.error()};
  unique_fd network;
  if (!network_.empty()) {
    auto opened = open_file("/run/netns/" + network_, O_RDONLY);
    if (!opened)
      return unexpected{opened.error()};
    network = *std::move(opened);
  }
  std::string program = "grapevine";
  auto arguments = plan_->arguments;
  std::vector<char*> words{program.data()};
  words.reserve(arguments.size() + 2);
  for (auto& one : arguments)
    words.push_back(one.data());
  words.push_back(nullptr);
  const auto process = ::fork();
  if (process == 0)
    be_node({output->get(), network.get(), words.data()});
  if (process < 0)
    return runtime_error(fmt::format("{} cannot be started: {}", plan_->name,
                                     std::strerror(errno)));
  process_ = process;
  paused_ = false;
  how_.clear();
  return {};
}

void node_process::signal(int number) {
  if (look() == state::ended)
    return;
  ::kill(process_, number);
  if (number == SIGSTOP)
    paused_ = true;
  else if (number == SIGCONT)
    paused_ = false;
}

node_process::state node_process::look() {
  int status = 0;
  if (process_ != 0 && ::waitpid(process_, &status, WNOHANG) == process_) {
    process_ = 0;
    paused_ = false;
    how_ = ending_of(status);
  }
  if (process_ == 0)
    return state::ended;
  return paused_ ? state::paused : state::running;
}

} // namespace grapevine::app::cluster
