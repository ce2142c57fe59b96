#pragma once

#include "app/console/signals.hpp"
#include "app/http/guard.hpp"
#include "app/http/listen.hpp"
#include "app/http/session.hpp"

#include <functional>
#include <list>
#include <string>
#include <thread>
#include <utility>

namespace grapevine::app::cluster {

/// Serves the cluster's page and what it shows, on a thread of its own: a few
/// browsers of this machine, with what the HTTP API has for its own clients.
class page_server {
public:
  /// `describe` is called on that thread for each `GET /api/v1/cluster`.
  page_server(http::listening_socket from,
              std::function<std::string()> describe);
  page_server(const page_server&) = delete;
  page_server& operator=(const page_server&) = delete;
  ~page_server();

private:
  struct client {
    client(unique_fd accepted, http::session::admit judge, time_point now)
        : fd{std::move(accepted)}, session{{}, std::move(judge), now} {}

    unique_fd fd;
    http::session session;
    bool shut = false;
  };

  void serve();
  void accept();
  // False: it has ended.
  bool attend(client& one, short events);
  http::admission admit(const http::request& head) const;
  http::response answer(const http::request& asked) const;

  http::listening_socket from_;
  std::function<std::string()> describe_;
  http::guard guard_{http::guard::options{}};
  stop_flag stop_;
  std::list<client> clients_;
  std::thread thread_;
};

} // namespace grapevine::app::cluster
