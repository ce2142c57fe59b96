#include "actors/secret_access.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace grapevine;

namespace {

constexpr uid_t node = 10'001;
constexpr gid_t nodes = 10'001;
constexpr gid_t volumes = 2'000;
constexpr uid_t root = 0;
constexpr gid_t strangers = 54'321;

secret_access of(uid_t owner, gid_t group, mode_t mode) {
  struct stat status {};
  status.st_uid = owner;
  status.st_gid = group;
  status.st_mode = S_IFREG | mode;
  return access_to(status, {node, {volumes, nodes}});
}

} // namespace

TEST_CASE("secret_access: its owner alone is nobody else, whoever it is",
          "[actors][secret_access]") {
  CHECK(of(node, strangers, 0600) == secret_access::owner);
  CHECK(of(root, strangers, 0400) == secret_access::owner);
}

TEST_CASE("secret_access: a volume's group that the process is of is its own",
          "[actors][secret_access]") {
  const auto group = GENERATE(nodes, volumes);
  CHECK(of(node, group, 0660) == secret_access::own_group);
  CHECK(of(node, group, 0640) == secret_access::own_group);
}

TEST_CASE("secret_access: what root hands to the process's group to read",
          "[actors][secret_access]") {
  CHECK(of(root, nodes, 0440) == secret_access::handed_to_group);
  CHECK(of(root, volumes, 0640) == secret_access::handed_to_group);
  // Whoever may write it can put another one there.
  CHECK(of(root, nodes, 0460) == secret_access::exposed);
  CHECK(of(root, nodes, 0470) == secret_access::exposed);
  // Another user hands over nothing.
  CHECK(of(4'711, nodes, 0440) == secret_access::exposed);
}

TEST_CASE("secret_access: others, and strangers' groups",
          "[actors][secret_access]") {
  const auto mode = GENERATE(as<mode_t>{}, 0604, 0644, 0444, 0601, 0602);
  CHECK(of(node, nodes, mode) == secret_access::exposed);
  CHECK(of(root, nodes, mode) == secret_access::exposed);
  CHECK(of(node, strangers, 0640) == secret_access::exposed);
  CHECK(of(root, strangers, 0440) == secret_access::exposed);
}

TEST_CASE("secret_access: a process has its own user and groups",
          "[actors][secret_access]") {
  const auto own = process_ids::own();
  CHECK(own.user == ::geteuid());
  CHECK(own.has(::getegid()));
  CHECK_FALSE(own.has(strangers));
}
