// Decodes an RPC where it lies. The generated code would allocate for every
// field before a limit could be checked, and copy the payloads; this scanner
// checks each count and size first, and hands messages out as views.

#include "proto/message_scan.hpp"
#include "proto/rpc.hpp"
#include "proto/wire_reader.hpp"

#include <algorithm>

namespace grapevine::proto {

namespace {

/// Fills an rpc, one function per message type of rpc.proto.
class decoder {
public:
  decoder(const rpc_limits& limits, rpc& out) noexcept
      : limits_{limits}, out_{out} {}

  rpc_error error() const noexcept { return error_; }

  bool decode(bytes_view encoded) {
    return each_field(encoded, [this](wire_reader& in, tag t) {
      switch (t.field) {
      case 1:
        return nested(in, t, [this](bytes_view b) { return subscription(b); });
      case 2:
        return nested(in, t, [this](bytes_view b) { return message(b); });
      case 3:
        return nested(in, t, [this](bytes_view b) { return control(b); });
      case 10:
        return nested(in, t, [this](bytes_view b) { return partial(b); });
      case 6492434:
        out_.test_extension = true;
        return nested(in, t, [this](bytes_view b) { return empty(b); });
      default:
        return skip(in, t);
      }
    });
  }

private:
  bool fail(rpc_error why) noexcept {
    error_ = why;
    return false;
  }

  bool malformed() noexcept { return fail(rpc_error::malformed); }

  bool within(std::size_t size, std::size_t limit) noexcept {
    return size <= limit || fail(rpc_error::limit_exceeded);
  }

  bool skip(wire_reader& in, tag t) noexcept {
    return in.skip(t) || malformed();
  }

  template <class Handler>
  bool each_field(bytes_view encoded, Handler handle) {
    wire_reader in{encoded};
    while (!in.done()) {
      tag t;
      if (!in.read(t))
        return malformed();
      if (!handle(in, t))
        return false;
    }
    return true;
  }

  bool delimited(wire_reader& in, tag t, bytes_view& out) noexcept {
    return (t.type == wire_type::delimited && in.delimited(out)) || malformed();
  }

  template <class Handler>
  bool nested(wire_reader& in, tag t, Handler handle) {
    bytes_view body;
    return delimited(in, t, body) && handle(body);
  }

  bool number(wire_reader& in, tag t, std::uint64_t& out) noexcept {
    return (t.type == wire_type::varint && in.varint(out)) || malformed();
  }

  bool flag(wire_reader& in, tag t, bool& out) noexcept {
    std::uint64_t value = 0;
    if (!number(in, t, value))
      return false;
    out = value != 0;
    return true;
  }

  bool text(wire_reader& in, tag t, std::size_t limit, std::string& out) {
    bytes_view body;
    if (!delimited(in, t, body) || !within(body.size(), limit))
      return false;
    out.assign(as_text(body));
    return true;
  }

  bool topic(wire_reader& in, tag t, std::string& out) {
    return text(in, t, limits_.topic_size, out);
  }

  bool id(wire_reader& in, tag t, std::vector<std::string>& out) {
    bytes_view body;
    if (!delimited(in, t, body) || !within(body.size(), limits_.id_size)
        || !within(++ids_, limits_.ids))
      return false;
    out.emplace_back(as_text(body));
    return true;
  }

  bool subscription(bytes_view encoded) {
    if (!within(out_.subscriptions.size() + 1, limits_.subscriptions))
      return false;
    auto& change = out_.subscriptions.emplace_back();
    change.subscribe = false; // what protobuf takes an absent field for
    return each_field(encoded, [&](wire_reader& in, tag t) {
      switch (t.field) {
      case 1:
        return flag(in, t, change.subscribe);
      case 2:
        return topic(in, t, change.topic);
      case 3:
        return flag(in, t, change.requests_partial);
      case 4:
        return flag(in, t, change.supports_partial);
      default:
        return skip(in, t);
      }
    });
  }

  bool message(bytes_view encoded) {
    if (!within(out_.messages.size() + 1, limits_.messages))
      return false;
    auto& msg = out_.messages.emplace_back();
    if (!scan_message(encoded, msg))
      return malformed();
    return within(msg.topic.size(), limits_.topic_size);
  }

  template <class Handler>
  bool entry(wire_reader& in, tag t, Handler handle) {
    return within(++entries_, limits_.control_entries) && nested(in, t, handle);
  }

  bool control(bytes_view encoded) {
    auto& ctrl = out_.control;
    return each_field(encoded, [&](wire_reader& in, tag t) {
      switch (t.field) {
      case 1:
        return entry(in, t, [this](bytes_view b) { return ihave(b); });
      case 2:
        return entry(in, t, [&](bytes_view b) { return ids(b, ctrl.iwant); });
      case 3:
        return entry(in, t, [this](bytes_view b) { return graft(b); });
      case 4:
        return entry(in, t, [this](bytes_view b) { return prune(b); });
      case 5:
        return entry(in, t,
                     [&](bytes_view b) { return ids(b, ctrl.idontwant); });
      case 6:
        return nested(in, t, [this](bytes_view b) { return extensions(b); });
      default:
        return skip(in, t);
      }
    });
  }

  bool ihave(bytes_view encoded) {
    auto& have = out_.control.ihaves.emplace_back();
    return each_field(encoded, [&](wire_reader& in, tag t) {
      switch (t.field) {
      case 1:
        return topic(in, t, have.topic);
      case 2:
        return id(in, t, have.ids);
      default:
        return skip(in, t);
      }
    });
  }

  bool ids(bytes_view encoded, std::vector<std::string>& out) {
    return each_field(encoded, [&](wire_reader& in, tag t) {
      return t.field == 1 ? id(in, t, out) : skip(in, t);
    });
  }

  bool graft(bytes_view encoded) {
    auto& name = out_.control.grafts.emplace_back();
    return each_field(encoded, [&](wire_reader& in, tag t) {
      return t.field == 1 ? topic(in, t, name) : skip(in, t);
    });
  }

  bool prune(bytes_view encoded) {
    auto& pruned = out_.control.prunes.emplace_back();
    return each_field(encoded, [&](wire_reader& in, tag t) {
      switch (t.field) {
      case 1:
        return topic(in, t, pruned.topic);
      case 2:
        return nested(in, t, [&](bytes_view b) { return px_peer(b, pruned); });
      case 3:
        return backoff(in, t, pruned);
      default:
        return skip(in, t);
      }
    });
  }

  bool px_peer(bytes_view encoded, proto::prune& pruned) {
    if (!within(pruned.peers.size() + 1, limits_.px_peers))
      return false;
    auto& peer = pruned.peers.emplace_back();
    return each_field(encoded, [&](wire_reader& in, tag t) {
      switch (t.field) {
      case 1:
        return text(in, t, limits_.id_size, peer.id);
      case 2:
        return text(in, t, limits_.record_size, peer.signed_record);
      default:
        return skip(in, t);
      }
    });
  }

  bool backoff(wire_reader& in, tag t, proto::prune& pruned) noexcept {
    std::uint64_t seconds = 0;
    if (!number(in, t, seconds))
      return false;
    constexpr auto most = static_cast<std::uint64_t>(max_backoff.count());
    pruned.backoff = std::chrono::seconds{
        static_cast<std::int64_t>(std::min(seconds, most))};
    return true;
  }

  bool extensions(bytes_view encoded) {
    auto& ctrl = out_.control;
    if (!ctrl.ext)
      ctrl.ext.emplace();
    return each_field(encoded, [&](wire_reader& in, tag t) {
      switch (t.field) {
      case 10:
        return flag(in, t, ctrl.ext->partial_messages);
      case 6492434:
        return flag(in, t, ctrl.ext->test_extension);
      default:
        return skip(in, t);
      }
    });
  }

  bool part(wire_reader& in, tag t, std::size_t limit,
            std::optional<bytes_view>& out) noexcept {
    bytes_view body;
    if (!delimited(in, t, body) || !within(body.size(), limit))
      return false;
    out = body;
    return true;
  }

  bool partial(bytes_view encoded) {
    if (!out_.partial)
      out_.partial.emplace();
    auto& into = *out_.partial;
    return each_field(encoded, [&](wire_reader& in, tag t) {
      std::optional<bytes_view> name;
      switch (t.field) {
      case 1:
        if (!part(in, t, limits_.topic_size, name))
          return false;
        into.topic = as_text(*name);
        return true;
      case 2:
        if (!part(in, t, limits_.group_size, name))
          return false;
        into.group = *name;
        return true;
      case 3:
        return part(in, t, encoded.size(), into.parts);
      case 4:
        return part(in, t, limits_.metadata_size, into.metadata);
      default:
        return skip(in, t);
      }
    });
  }

  bool empty(bytes_view encoded) {
    return each_field(encoded,
                      [this](wire_reader& in, tag t) { return skip(in, t); });
  }

  const rpc_limits& limits_;
  rpc& out_;
  std::size_t entries_ = 0;
  std::size_t ids_ = 0;
  rpc_error error_ = rpc_error::malformed;
};

void clear(rpc& out) noexcept {
  out.subscriptions.clear();
  out.messages.clear();
  out.control.ihaves.clear();
  out.control.iwant.clear();
  out.control.grafts.clear();
  out.control.prunes.clear();
  out.control.idontwant.clear();
  out.control.ext.reset();
  out.partial.reset();
  out.test_extension = false;
}

} // namespace

expected<void, rpc_error> decode_rpc(bytes_view encoded,
                                     const rpc_limits& limits, rpc& out) {
  clear(out);
  decoder in{limits, out};
  if (!in.decode(encoded))
    return unexpected{in.error()};
  return {};
}

expected<rpc, rpc_error> decode_rpc(bytes_view encoded,
                                    const rpc_limits& limits) {
  rpc out;
  if (auto decoded = decode_rpc(encoded, limits, out); !decoded)
    return unexpected{decoded.error()};
  return out;
}

} // namespace grapevine::proto
