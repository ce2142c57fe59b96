#pragma once

#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <sched.h>
#include <string>
#include <unistd.h>

namespace grapevine::test {

/// A network namespace with nothing but loopback for this thread, and for the
/// threads and processes that it starts meanwhile. For root alone, and where
/// the machine has such: whoever gets none says so.
class own_network {
public:
  own_network()
      : before_{::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)} {
    entered_ =
        before_ >= 0 && ::unshare(CLONE_NEWNET) == 0 && ip("link set lo up");
    if (!entered_)
      std::cout << "*** not run, as it takes root and a network namespace of "
                   "its own\n";
  }
  own_network(const own_network&) = delete;
  ~own_network() {
    // Only root gets as far, who may go back, too.
    if (before_ >= 0)
      (void)!::setns(before_, CLONE_NEWNET);
    ::close(before_);
  }

  explicit operator bool() const noexcept { return entered_; }

  /// Whether `ip` with these words did as it was told.
  static bool ip(const std::string& arguments) {
    // NOLINTNEXTLINE(cert-env33-c): with words of the tests' own
    return std::system(("ip " + arguments + " 2>&1").c_str()) == 0;
  }

  /// An interface of this name that carries multicast, at `address`; what is
  /// sent on it gets nowhere but to this machine.
  static bool add_interface(const std::string& name,
                            const std::string& address) {
    return ip("link add " + name + " type veth peer name " + name + "-peer")
           && ip("addr add " + address + " dev " + name)
           && ip("link set " + name + "-peer up")
           && ip("link set " + name + " up");
  }

  /// Whether the kernel has IPv6; whoever needs it says so where it has not.
  static bool has_ip6() {
    const bool found = ::access("/proc/net/if_inet6", F_OK) == 0;
    if (!found)
      std::cout << "*** not run, as this machine has no IPv6\n";
    return found;
  }

  /// The same without IPv4: `address` alone, which can be used at once.
  static bool add_interface6(const std::string& name,
                             const std::string& address) {
    return ip("link add " + name + " type veth peer name " + name + "-peer")
           && ip("link set " + name + " addrgenmode none")
           && ip("link set " + name + "-peer addrgenmode none")
           && ip("addr add " + address + " dev " + name + " nodad")
           && ip("link set " + name + "-peer up")
           && ip("link set " + name + " up");
  }

private:
  int before_ = -1;
  bool entered_ = false;
};

} // namespace grapevine::test
