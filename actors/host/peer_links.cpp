#include "actors/host/peer_links.hpp"

#include "actors/host/link_limits.hpp"

#include <algorithm>
#include <utility>

namespace grapevine {

/// Gives a session's events to the links, with the one they belong to.
class peer_links::observer : public libp2p::session_observer {
public:
  observer(peer_links& links, link_ptr link)
      : links_{links}, at_{std::move(link), 0} {
    at_.link->reports = true;
  }
  observer(const observer&) = delete;
  observer& operator=(const observer&) = delete;
  ~observer() override { at_.link->reports = false; }

  void on_event(const libp2p::session_event& event) override {
    std::visit(
        [this](const auto& e) {
          if constexpr (requires { e.id; })
            at_.id = e.id;
          links_.on(at_, e);
        },
        event);
  }

private:
  peer_links& links_;
  // Where what is reported happened; the stream of events that have one.
  link_stream at_;
};

peer_links::peer_links(links_owner& owner, host_context_ptr ctx,
                       libp2p::peer_id id)
    : owner_{owner}, ctx_{std::move(ctx)}, id_{id} {}

// -- connections --------------------------------------------------------------

void peer_links::adopt(const adopt_connection& msg) {
  ++adopted_;
  if (links_.size() >= link_limits::links || stop_by_)
    return refuse(msg);
  auto link = std::make_shared<peer_link>();
  link->conn = msg.conn;
  link->offered = msg.offered;
  links_.push_back(link);
  link->conn->assign(owner_.as_socket_owner());
  probe_older();
  for (auto* handler : handlers_)
    handler->link_added(link);
  {
    observer reports{*this, link};
    msg.events->replay(reports);
  }
  // It may be older than what is announced now.
  if (announced_)
    announce_on(link);
  settle();
}

void peer_links::use(const use_addresses& msg) {
  announced_ = msg.announced;
  for (const auto& link : links_)
    if (!link->conn->ended() && link->conn->stranded())
      link->conn->fail("this machine has its address no more");
    else
      announce_on(link);
  flush();
}

// By identify push, unless the other side knows it.
void peer_links::announce_on(const link_ptr& link) const {
  link->conn->session().set_listen_addrs(announced_->addresses,
                                         announced_->signed_record);
}

void peer_links::refuse(const adopt_connection& msg) {
  ctx_->log->debug("connection refused, there are others peer={}",
                   to_string(id_));
  msg.conn->session().close();
  msg.conn->write();
  if (links_.empty())
    lost("stopping");
}

void peer_links::ready(const socket_ready& msg) {
  const auto link = find(msg.id);
  if (!link)
    return;
  link->conn->on_ready(msg);
  if (msg.readable && may_read()) {
    heard_at_ = owner_.now();
    observer reports{*this, link};
    link->conn->read(link_limits::read_budget, heard_at_, reports);
  }
  settle();
}

void peer_links::tick() {
  const auto at = owner_.now();
  // One that an earlier tick has replaced.
  if (!tick_at_ || at < *tick_at_)
    return;
  tick_at_.reset();
  for (auto* handler : handlers_)
    handler->tick(at);
  expire(at);
  for (const auto& link : links_)
    if (link->conn->session().next_tick() <= at) {
      observer reports{*this, link};
      link->conn->session().tick(at, reports);
    }
  settle();
}

// Whoever connects again may have lost the way on which it came before.
void peer_links::probe_older() {
  const auto timeout = std::min<std::chrono::nanoseconds>(
      link_limits::probe_timeout, ctx_->session->limits.ping_timeout);
  for (const auto& link : links_) {
    if (link == links_.back() || link->probed)
      continue;
    link->conn->session().probe(owner_.now(), timeout);
    link->probed = owner_.now();
  }
}

void peer_links::drop(const link_ptr& link) {
  const auto reason = link->conn->reason();
  keep_counts(*link);
  std::erase(links_, link);
  for (auto* handler : handlers_)
    handler->link_lost(link);
  if (links_.empty())
    lost(reason);
}

link_ptr peer_links::find(socket_id id) const {
  for (const auto& link : links_)
    if (link->conn->id() == id)
      return link;
  return nullptr;
}

std::vector<libp2p::ip_address> peer_links::addresses() const {
  std::vector<libp2p::ip_address> result;
  for (const auto& link : links_)
    if (const auto ip = libp2p::ip_address::of(link->conn->remote());
        ip && std::ranges::find(result, *ip) == result.end())
      result.push_back(*ip);
  return result;
}

// -- turns --------------------------------------------------------------------

// Does what the sessions' events asked for, also on other links, writes, and
// arms the sockets.
void peer_links::settle() {
  for (const auto& link : links_)
    for (const auto& action : std::exchange(link->deferred, {}))
      do_later({link, action.stream}, action.what);
  for (auto* handler : handlers_)
    handler->settle();
  flush();
}

void peer_links::flush() {
  for (auto* handler : handlers_)
    if (const auto why = handler->before_write())
      return disconnect_now(*why);
  // A copy: a link that ended is dropped while walking.
  for (const auto& link : std::vector{links_}) {
    bool filled = false;
    for (auto* handler : handlers_)
      filled = handler->fill(link) || filled;
    if (!filled)
      link->conn->write();
    if (link->conn->ended())
      drop(link);
  }
  for (auto* handler : handlers_)
    handler->after_write();
  rearm();
  if (stop_by_ && !links_.empty())
    maybe_finish();
}

bool peer_links::may_read() const {
  return std::ranges::all_of(
      handlers_, [](const auto* handler) { return handler->may_read(); });
}

void peer_links::rearm() {
  const bool read = may_read();
  const auto at = owner_.now();
  for (const auto& link : links_) {
    // Its silence is then ours, and no sign that it has vanished.
    link->conn->session().hold(!read, at);
    link->conn->arm(read);
    link->writes.excuse(!read, at);
    link->writes.note(link->conn->has_output(), link->conn->taken(), at);
  }
  for (auto* handler : handlers_)
    handler->note_reading(read, at);
  schedule_tick();
}

// -- streams ------------------------------------------------------------------

std::optional<libp2p::stream_id>
peer_links::open(const link_ptr& link, std::vector<std::string> protocols) {
  return link->conn->session().open_stream(std::move(protocols), owner_.now());
}

void peer_links::close(const link_stream& stream) {
  do_later(stream, deferred_action::kind::close);
}

void peer_links::reset(const link_stream& stream) {
  do_later(stream, deferred_action::kind::reset);
}

void peer_links::do_later(const link_stream& stream,
                          deferred_action::kind what) {
  if (stream.link->reports)
    return stream.link->deferred.push_back({what, stream.id});
  auto& session = stream.link->conn->session();
  if (what == deferred_action::kind::reset)
    session.reset_stream(stream.id);
  else
    session.close_stream(stream.id);
}

protocol_handler* peer_links::owner_of(const link_stream& stream) const {
  const auto found = std::ranges::find_if(
      handlers_, [&](const auto* handler) { return handler->owns(stream); });
  return found == handlers_.end() ? nullptr : *found;
}

// -- what sessions report -----------------------------------------------------

void peer_links::on(const link_stream&, const libp2p::session_ready&) {}

void peer_links::on(const link_stream& at,
                    const libp2p::peer_identified& event) {
  if (!event.push || !event.info.protocols.empty()) {
    at.link->protocols = event.info.protocols;
    at.link->refused.clear();
  }
  if (!event.info.agent_version.empty())
    agent_.assign(event.info.agent_version, 0, link_limits::agent);
  note_listens(*at.link, event.info);
  for (auto* handler : handlers_)
    handler->identified(event.info);
  if (!event.push)
    ctx_->log->debug("identified peer={} agent=\"{}\"", to_string(id_),
                     escaped(event.info.agent_version));
}

void peer_links::on(const link_stream& at,
                    const libp2p::stream_accepted& event) {
  for (auto* handler : handlers_)
    if (handler->speaks(event.protocol))
      return handler->accepted(at, event.protocol);
  // It would cost the peer nothing to have it open.
  reset(at);
}

void peer_links::on(const link_stream& at, const libp2p::stream_opened& event) {
  if (auto* handler = owner_of(at))
    handler->opened(at, event.protocol);
}

void peer_links::on(const link_stream& at, const libp2p::stream_refused&) {
  auto* handler = owner_of(at);
  if (handler == nullptr)
    return;
  auto& refused = at.link->refused;
  if (std::ranges::find(refused, handler) == refused.end())
    refused.push_back(handler);
  handler->refused(at);
}

void peer_links::on(const link_stream& at, const libp2p::stream_data& event) {
  if (auto* handler = owner_of(at))
    handler->data(at, event.data);
}

void peer_links::on(const link_stream& at, const libp2p::stream_ended&) {
  if (auto* handler = owner_of(at))
    handler->ended(at);
}

void peer_links::on(const link_stream& at, const libp2p::stream_reset&) {
  if (auto* handler = owner_of(at))
    handler->reset(at);
}

void peer_links::on(const link_stream& at, const libp2p::ping_measured&) {
  at.link->probed.reset();
  warn_of_twins(at.link);
}

void peer_links::note_listens(peer_link& link,
                              const libp2p::identify_info& info) {
  if (info.listen_addrs.empty())
    return;
  link.listens.clear();
  for (const auto& address : info.listen_addrs) {
    const auto ip = libp2p::ip_address::of(address);
    if (ip && !ip->is_loopback())
      link.listens.push_back(
          libp2p::keyed_hash(as_text(address.without_peer().binary())));
  }
}

// Two nodes with one key: each gets but a part of what is sent to "the" peer.
// One that was started anew elsewhere looks the same, but its older connection
// gives no sign of life.
void peer_links::warn_of_twins(const link_ptr& alive) {
  if (twins_told_ || alive->listens.empty())
    return;
  const auto other = std::ranges::find_if(
      links_.rbegin(), links_.rend(), [&](const link_ptr& one) {
        return one != alive && !one->listens.empty()
               && std::ranges::find_first_of(one->listens, alive->listens)
                      == one->listens.end();
      });
  // Only the older one of two is worth a word.
  if (other == links_.rend()
      || std::ranges::find(links_, *other) < std::ranges::find(links_, alive))
    return;
  twins_told_ = true;
  ctx_->log->warn("two nodes seem to use one identity: give each a key of its "
                  "own peer={} addr={} other_addr={}",
                  to_string(id_), alive->conn->remote().to_text(),
                  (*other)->conn->remote().to_text());
}

void peer_links::on(const link_stream& at,
                    const libp2p::session_closed& event) {
  at.link->conn->explain(to_string(event.why));
}

} // namespace grapevine
