#include "actors/host/dns_channel.hpp"

#include "actors/host/dns_records.hpp"
#include "libp2p/address/ip_address.hpp"

#include <ares.h>
#include <arpa/nameser.h>
#include <cerrno>
#include <charconv>
#include <map>
#include <netinet/in.h>
#include <span>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <system_error>
#include <utility>

namespace grapevine {

using libp2p::dns_kind;
using libp2p::dns_question;

namespace {

// c-ares' memory for the process, which nobody gives back.
void init_library() {
  static const int status = ares_library_init(ARES_LIB_INIT_ALL);
  if (status != ARES_SUCCESS)
    throw std::runtime_error{ares_strerror(status)};
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [at, code] =
      std::from_chars(text.data(), text.data() + text.size(), port);
  return code == std::errc{} && at == text.data() + text.size() && port > 0;
}

int family_of(dns_kind kind) {
  if (kind == dns_kind::any_ip)
    return AF_UNSPEC;
  return kind == dns_kind::ip4 ? AF_INET : AF_INET6;
}

} // namespace

std::optional<std::string> name_server_problem(const name_server& server) {
  std::string_view host = server.text;
  std::string_view port = "53";
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos)
      return "there is no ] behind the address";
    port = host.substr(end + 1);
    host = host.substr(1, end - 1);
    if (port.empty())
      port = "53";
    else if (port.front() == ':')
      port.remove_prefix(1);
  } else if (const auto colon = host.find(':');
             colon != std::string_view::npos && colon == host.rfind(':')) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (!libp2p::ip_address::from_text(host))
    return "it begins with no IP address: a name cannot be looked up yet";
  if (!is_port(port))
    return "the port is none of 1 to 65535";
  return std::nullopt;
}

// What c-ares calls back: its sockets are the reactor's, and its questions have
// a callback each.
class dns_channel::impl {
public:
  impl(std::shared_ptr<reactor_link> reactor, socket_owner owner,
       const dns_options& options)
      : reactor_{std::move(reactor)}, owner_{std::move(owner)} {
    init_library();
    ares_options given{};
    given.timeout = static_cast<int>(options.timeout.count());
    given.tries = options.tries;
    given.sock_state_cb = [](void* self, ares_socket_t fd, int read,
                             int write) {
      static_cast<impl*>(self)->want(fd, read != 0, write != 0);
    };
    given.sock_state_cb_data = this;
    check(ares_init_options(&channel_, &given,
                            ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES
                                | ARES_OPT_SOCK_STATE_CB));
    ares_set_socket_functions(channel_, &socket_functions(), this);
    if (!options.servers.empty())
      use_servers(options.servers);
  }
  impl(const impl&) = delete;
  impl& operator=(const impl&) = delete;

  // Answers whatever is open, to nobody.
  ~impl() {
    ended_ = true;
    ares_destroy(channel_);
  }

  void ask(const dns_question& question, callback then) {
    auto* open = new open_question{this, question.kind, std::move(then)};
    const bool records =
        question.kind == dns_kind::text || question.kind == dns_kind::service;
    if (records) {
      ares_search(channel_, question.name.c_str(), ns_c_in,
                  question.kind == dns_kind::text ? ns_t_txt : ns_t_srv,
                  records_found, open);
    } else {
      ares_addrinfo_hints hints{};
      hints.ai_family = family_of(question.kind);
      hints.ai_socktype = SOCK_STREAM;
      // Whether an address can be reached is seen when it is dialled: to sort
      // them c-ares would open a socket for each.
      hints.ai_flags = ARES_AI_NOSORT;
      ares_getaddrinfo(channel_, question.name.c_str(), nullptr, &hints,
                       addresses_found, open);
    }
    arm_all();
  }

  void ready(const socket_ready& msg) {
    const auto found = by_id_.find(msg.id);
    if (found == by_id_.end())
      return;
    const auto fd = found->second;
    sockets_.at(fd).owned = true;
    if (msg.readable || msg.writable)
      ares_process_fd(channel_, msg.readable ? fd : ARES_SOCKET_BAD,
                      msg.writable ? fd : ARES_SOCKET_BAD);
    arm_all();
  }

  void due() {
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    arm_all();
  }

  std::optional<std::chrono::milliseconds> wait() const {
    timeval left{};
    const auto* next = ares_timeout(channel_, nullptr, &left);
    if (next == nullptr)
      return std::nullopt;
    // Not a moment too early.
    return std::chrono::milliseconds{next->tv_sec * 1'000
                                     + next->tv_usec / 1'000 + 1};
  }

private:
  struct open_question {
    impl* self;
    dns_kind kind;
    callback then;
  };

  struct open_socket {
    // Until it is connected; before, a stream would count as hung up.
    unique_fd unwatched;
    watched_socket watched;
    // The reactor knows the owner: it may be armed.
    bool owned = false;
    bool read = false;
    bool write = false;
  };

  static void check(int status) {
    if (status != ARES_SUCCESS)
      throw std::runtime_error{ares_strerror(status)};
  }

  void use_servers(const std::vector<name_server>& servers) {
    std::string list;
    for (const auto& one : servers)
      list += (list.empty() ? "" : ",") + one.text;
    if (const int status = ares_set_servers_ports_csv(channel_, list.c_str());
        status != ARES_SUCCESS) {
      ares_destroy(channel_);
      check(status);
    }
  }

  // -- answers ----------------------------------------------------------------

  void answer(open_question* raw, const libp2p::dns_answer& what) {
    const std::unique_ptr<open_question> open{raw};
    if (!ended_)
      open->then(what);
  }

  static void addresses_found(void* arg, int status, int, ares_addrinfo* raw) {
    const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> found{
        raw, &ares_freeaddrinfo};
    auto* open = static_cast<open_question*>(arg);
    open->self->answer(open, status == ARES_SUCCESS && found
                                 ? addresses_of(*found)
                                 : dns_failure(status));
  }

  static void records_found(void* arg, int status, int, unsigned char* message,
                            int size) {
    auto* open = static_cast<open_question*>(arg);
    open->self->answer(
        open, status == ARES_SUCCESS ? records_of(
                  open->kind, {message, static_cast<std::size_t>(size)})
                                     : dns_failure(status));
  }

  // -- sockets ----------------------------------------------------------------

  static const ares_socket_functions& socket_functions() {
    static const ares_socket_functions functions{
        [](int family, int type, int protocol, void* self) {
          return static_cast<impl*>(self)->open(family, type, protocol);
        },
        [](ares_socket_t fd, void* self) {
          return static_cast<impl*>(self)->close(fd);
        },
        [](ares_socket_t fd, const sockaddr* to, ares_socklen_t size,
           void* self) {
          return static_cast<impl*>(self)->connect(fd, to, size);
        },
        [](ares_socket_t fd, void* into, size_t size, int flags, sockaddr* from,
           ares_socklen_t* from_size, void*) -> ares_ssize_t {
          return ::recvfrom(fd, into, size, flags, from, from_size);
        },
        [](ares_socket_t fd, const iovec* parts, int count,
           void*) -> ares_ssize_t {
          msghdr msg{};
          msg.msg_iov = const_cast<iovec*>(parts);
          msg.msg_iovlen = static_cast<std::size_t>(count);
          return ::sendmsg(fd, &msg, MSG_NOSIGNAL);
        }};
    return functions;
  }

  ares_socket_t open(int family, int type, int protocol) {
    unique_fd fd{
        ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol)};
    if (!fd)
      return ARES_SOCKET_BAD;
    const int number = fd.get();
    sockets_[number].unwatched = std::move(fd);
    return number;
  }

  int connect(ares_socket_t fd, const sockaddr* to, ares_socklen_t size) {
    const int result = ::connect(fd, to, size);
    const int why = errno;
    if (result != 0 && why != EINPROGRESS)
      return result;
    auto& one = sockets_.at(fd);
    try {
      one.watched = watched_socket{reactor_, std::move(one.unwatched), owner_};
    } catch (const std::system_error& e) {
      // What was to be watched is closed: its number is nobody's.
      sockets_.erase(fd);
      errno = e.code().value();
      return -1;
    }
    by_id_[one.watched.id()] = fd;
    errno = why;
    return result;
  }

  int close(ares_socket_t fd) {
    const auto found = sockets_.find(fd);
    if (found == sockets_.end())
      return 0;
    by_id_.erase(found->second.watched.id());
    sockets_.erase(found);
    return 0;
  }

  void want(ares_socket_t fd, bool read, bool write) {
    const auto found = sockets_.find(fd);
    if (found == sockets_.end())
      return;
    found->second.read = read;
    found->second.write = write;
  }

  void arm_all() {
    for (auto& [fd, one] : sockets_)
      if (one.owned)
        one.watched.arm(one.read, one.write);
  }

  std::shared_ptr<reactor_link> reactor_;
  socket_owner owner_;
  ares_channel channel_ = nullptr;
  std::map<ares_socket_t, open_socket> sockets_;
  std::map<socket_id, ares_socket_t> by_id_;
  bool ended_ = false;
};

dns_channel::dns_channel(std::shared_ptr<reactor_link> reactor,
                         socket_owner owner, const dns_options& options)
    : impl_{std::make_unique<impl>(std::move(reactor), std::move(owner),
                                   options)} {}

dns_channel::~dns_channel() = default;

void dns_channel::ask(const dns_question& question, callback then) {
  impl_->ask(question, std::move(then));
}

void dns_channel::ready(const socket_ready& msg) {
  impl_->ready(msg);
}

void dns_channel::due() {
  impl_->due();
}

std::optional<std::chrono::milliseconds> dns_channel::wait() const {
  return impl_->wait();
}

} // namespace grapevine
