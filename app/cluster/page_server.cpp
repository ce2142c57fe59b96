#include "app/cluster/page_server.hpp"

#include "app/http/page.hpp"
#include "app/http/target.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <poll.h>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace grapevine::app::cluster {

namespace {

constexpr std::size_t most_clients = 64;
constexpr int look_interval_ms = 1'000;

constexpr std::string_view described = "/api/v1/cluster";

time_point now() {
  return time_point::clock::now();
}

// The page is the cluster's; some of its parts are any page's.
const http::page_file* file_at(std::string_view path) {
  const auto own = http::cluster_page_files();
  const auto found = std::ranges::find(own, path, &http::page_file::path);
  return found == own.end() ? http::find_page_file(path) : &*found;
}

} // namespace

page_server::page_server(http::listening_socket from,
                         std::function<std::string()> describe)
    : from_{std::move(from)}, describe_{std::move(describe)}, thread_{[this] {
        serve();
      }} {}

page_server::~page_server() {
  stop_.raise();
  thread_.join();
}

void page_server::serve() {
  std::vector<pollfd> polled;
  while (!stop_.raised()) {
    polled.assign({{stop_.fd(), POLLIN, 0}, {from_.fd.get(), POLLIN, 0}});
    for (const auto& one : clients_) {
      const int wanted = (one.session.wants_input() ? POLLIN : 0)
                         | (one.session.output().empty() ? 0 : POLLOUT);
      polled.push_back({one.fd.get(), static_cast<short>(wanted), 0});
    }
    (void)::poll(polled.data(), polled.size(), look_interval_ms);
    std::size_t i = 2;
    for (auto one = clients_.begin(); one != clients_.end(); ++i) {
      const auto current = one++;
      if (!attend(*current, polled[i].revents))
        clients_.erase(current);
    }
    if ((polled[1].revents & POLLIN) != 0)
      accept();
  }
}

void page_server::accept() {
  auto one = accept_one(from_.fd.get());
  // Who is one too many is closed at once.
  if (one && clients_.size() < most_clients)
    clients_.emplace_back(
        std::move(one->first),
        [this](const http::request& head) { return admit(head); }, now());
}

bool page_server::attend(client& one, short events) {
  auto& session = one.session;
  if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && session.wants_input()) {
    std::array<std::uint8_t, 16'384> buffer;
    const auto got = read_some(one.fd.get(), buffer);
    if (got.status == io_status::failed)
      return false;
    if (got.status == io_status::end)
      session.end_of_input();
    else if (got.status == io_status::done)
      session.receive(as_text(std::span{buffer}.first(got.size)), now());
  }
  session.tick(now());
  while (const auto asked = session.take(now()))
    session.answer(answer(*asked), now());
  if (!session.output().empty()) {
    const auto sent = write_some(one.fd.get(), as_bytes(session.output()));
    if (sent.status == io_status::failed)
      return false;
    session.sent(sent.size, now());
  }
  if (session.said_all() && !std::exchange(one.shut, true))
    (void)::shutdown(one.fd.get(), SHUT_WR);
  return !session.finished();
}

http::admission page_server::admit(const http::request& head) const {
  if (auto refused = guard_.objection(head))
    return {0, std::move(refused)};
  if (head.method != "GET" && head.method != "HEAD")
    return {0, http::problem(405, "what is here is only read")};
  return {};
}

http::response page_server::answer(const http::request& asked) const {
  const auto where = http::parse_target(asked.target);
  if (!where)
    return http::problem(400, where.error());
  if (where->path == described)
    return {200, "application/json", describe_() + "\n"};
  if (const auto* file = file_at(where->path))
    return http::page_response(*file, asked);
  return http::problem(404,
                       "there are only the page and " + std::string{described});
}

} // namespace grapevine::app::cluster
