#include "tests/app/program_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace grapevine::app {
namespace {

// Whether the shell is there. Without it its completion is not tested, which
// is said; in CI it must be there.
bool has_shell(const std::string& name) {
  if (run_shell("command -v " + name).status == 0)
    return true;
  WARN("not tested, as it is not installed: " << name);
  const auto* ci = std::getenv("CI"); // NOLINT(concurrency-mt-unsafe)
  CHECK((ci == nullptr || std::string{ci} != "true"));
  return false;
}

TEST_CASE("completion: bash knows the options", "[app]") {
  const auto ended = run_shell(R"sh(
    eval "$("$GRAPEVINE" completion bash)" || exit
    complete_line() {
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _grapevine
      echo "${COMPREPLY[*]}"
    }
    complete_line grapevine ru
    complete_line grapevine run --mesh-dl
    complete_line grapevine run --policy strict-n
    complete_line grapevine sub news --json --cou
    complete_line grapevine completion b
    complete_line grapevine log-level tr
    complete_line grapevine status --api-)sh");
  CHECK(ended.err.empty());
  CHECK(ended.status == 0);
  CHECK(ended.out
        == words{"run", "--mesh-dlo --mesh-dlazy", "strict-no-sign", "--count",
                 "bash", "trace",
                 "--api-token-file --api-ca --api-certificate --api-key"});
}

TEST_CASE("completion: zsh knows the options", "[app]") {
  if (!has_shell("zsh"))
    return;
  // What may be given again is offered again, and nothing else.
  const auto ended =
      run_shell("helper=" GRAPEVINE_SOURCES "/tests/app/zsh_completions.zsh"
                R"sh(
    "$GRAPEVINE" completion zsh > "$XDG_STATE_HOME.zsh" || exit
    zsh -f "$helper" "$XDG_STATE_HOME.zsh" \
      'grapevine ru' \
      'grapevine run --mesh-dl' \
      'grapevine run --policy strict-n' \
      'grapevine sub a b --js' \
      'grapevine run --topic a --top' \
      'grapevine run --log-level info --log-l' \
      'grapevine completion ' \
      'grapevine log-level tr' \
      'grapevine pub a --file /etc/hostn')sh");
  CHECK(ended.err.empty());
  CHECK(ended.status == 0);
  CHECK(ended.out
        == words{"run", "--mesh-dlazy --mesh-dlo", "strict-no-sign", "--json",
                 "--topic", "", "bash fish zsh", "trace", "hostname"});
}

TEST_CASE("completion: fish knows the options", "[app]") {
  if (!has_shell("fish"))
    return;
  const auto ended = run_shell(R"sh(
    export XDG_CONFIG_HOME=$XDG_STATE_HOME XDG_DATA_HOME=$XDG_STATE_HOME
    fish --no-config -c '
      $GRAPEVINE completion fish | source
      complete -C"grapevine ru"
      complete -C"grapevine run --mesh-dl"
      complete -C"grapevine run --policy strict-n"
      complete -C"grapevine sub run --print-c"
      complete -C"grapevine completion b"
      complete -C"grapevine log-level tr"
      complete -C"grapevine pub a --file /etc/hostn"')sh");
  CHECK(ended.err.empty());
  CHECK(ended.status == 0);
  const std::string lazy =
      "--mesh-dlazy\tPeers outside the mesh that get gossip, at least (Dlazy)";
  CHECK(ended.out
        == words{"run\tRuns a node until SIGINT or SIGTERM; SIGHUP reloads",
                 lazy, "--mesh-dlo\tFewer peers make it grow (Dlo)",
                 "strict-no-sign\tWhat messages must carry",
                 "bash\tThe shell that is to complete",
                 "trace\tWhat it is to log from now on", "/etc/hostname"});
}

} // namespace
} // namespace grapevine::app
