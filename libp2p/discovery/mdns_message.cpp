#include "libp2p/discovery/mdns_message.hpp"

#include "libp2p/address/ip_address.hpp"

#include <algorithm>
#include <array>
#include <strings.h>

// The C library's reader and writer of names and messages (RFC 1035).
#include <arpa/nameser.h>

namespace grapevine::libp2p {

namespace {

constexpr std::string_view dnsaddr = "dnsaddr=";

// Classes have a bit besides: in a question it asks for an answer to it alone,
// in a record it replaces what was known (RFC 6762).
constexpr unsigned class_bits = 0x7fff;
constexpr unsigned replaces = 0x8000;

constexpr std::uint16_t response_flags = 0x8400;
constexpr std::uint16_t some_port = 4001;

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// -- reading ------------------------------------------------------------------

/// A record, or question, of a message.
class mdns_record {
public:
  // False if there is none that can be read.
  bool read(ns_msg& from, ns_sect section, int number) {
    from_ = &from;
    return ::ns_parserr(&from, section, number, &rr_) == 0
           && (ns_rr_class(rr_) & class_bits) == ns_c_in;
  }

  bool is(ns_type type, std::string_view name) const {
    return ns_rr_type(rr_) == type && same_name(ns_rr_name(rr_), name);
  }
  ns_type type() const { return static_cast<ns_type>(ns_rr_type(rr_)); }
  std::string_view name() const { return ns_rr_name(rr_); }
  std::uint32_t ttl() const { return ns_rr_ttl(rr_); }
  bytes_view data() const {
    return {ns_rr_rdata(rr_), static_cast<std::size_t>(ns_rr_rdlen(rr_))};
  }

  /// The name that a PTR has for a value.
  std::optional<std::string> target() const {
    std::array<char, NS_MAXDNAME> text{};
    if (::ns_name_uncompress(ns_msg_base(*from_), ns_msg_end(*from_),
                             ns_rr_rdata(rr_), text.data(), text.size())
        < 0)
      return std::nullopt;
    return std::string{text.data()};
  }

private:
  ns_msg* from_ = nullptr;
  ns_rr rr_{};
};

template <class Take>
void each_record(ns_msg& msg, ns_sect section, const Take& take) {
  for (int i = 0; i < ns_msg_count(msg, section); ++i) {
    mdns_record one;
    if (one.read(msg, section, i))
      take(one);
  }
}

void add_address(std::vector<mdns_peer>& to, std::string_view text) {
  const auto address = multiaddr::from_text(text);
  const auto peer = address ? address->peer() : std::nullopt;
  if (!peer)
    return;
  auto found = std::ranges::find(to, *peer, &mdns_peer::peer);
  if (found == to.end()) {
    if (to.size() == max_mdns_peers)
      return;
    found = to.insert(to.end(), {*peer, {}});
  }
  if (found->addresses.size() < max_mdns_addrs)
    found->addresses.push_back(address->without_peer());
}

// Strings, each behind its length.
void add_addresses(std::vector<mdns_peer>& to, bytes_view strings) {
  while (!strings.empty() && strings.front() < strings.size()) {
    const std::size_t size = strings.front();
    const auto text = as_text(strings.subspan(1, size));
    if (text.starts_with(dnsaddr))
      add_address(to, text.substr(dnsaddr.size()));
    strings = strings.subspan(1 + size);
  }
}

void read_question(ns_msg& msg, mdns_message& to) {
  each_record(msg, ns_s_qd, [&](const mdns_record& one) {
    // Whoever asks for anything asks for these, too.
    for (const auto type : {ns_t_ptr, ns_t_any}) {
      to.asks_for_peers = to.asks_for_peers || one.is(type, mdns_service);
      to.asks_for_services =
          to.asks_for_services || one.is(type, mdns_all_services);
    }
  });
  // What is soon forgotten is better told anew.
  each_record(msg, ns_s_an, [&](const mdns_record& one) {
    if (one.is(ns_t_ptr, mdns_service) && one.ttl() >= mdns_ttl / 2
        && to.known.size() < max_mdns_peers)
      if (auto name = one.target())
        to.known.push_back(*std::move(name));
  });
}

// What has no time to live left says good-bye.
void read_answer(ns_msg& msg, mdns_message& to) {
  std::vector<std::string> names;
  for (const auto section : {ns_s_an, ns_s_ar})
    each_record(msg, section, [&](const mdns_record& one) {
      if (one.is(ns_t_ptr, mdns_service) && one.ttl() > 0
          && names.size() < max_mdns_peers)
        if (auto name = one.target())
          names.push_back(*std::move(name));
    });
  for (const auto section : {ns_s_an, ns_s_ar})
    each_record(msg, section, [&](const mdns_record& one) {
      const bool asked = std::ranges::any_of(
          names, [&](const auto& name) { return same_name(name, one.name()); });
      if (one.type() == ns_t_txt && asked && one.ttl() > 0)
        add_addresses(to.peers, one.data());
    });
}

// -- writing ------------------------------------------------------------------

/// Writes a message record by record, within a datagram of Ethernet's.
class mdns_writer {
public:
  explicit mdns_writer(bool answers) {
    out_.resize(NS_HFIXEDSZ);
    if (answers)
      put16_at(2, response_flags);
  }

  void question(std::string_view name) {
    put_name(name);
    put16(ns_t_ptr);
    put16(ns_c_in);
    count(0);
  }

  /// A record of section 1 (answers) or 3 (besides), of which `value` writes
  /// the data.
  template <class Value>
  void record(int section, std::string_view name, ns_type type, unsigned cls,
              const Value& value) {
    put_name(name);
    put16(type);
    put16(cls);
    put16(0);
    put16(mdns_ttl);
    const auto length_at = out_.size();
    put16(0);
    value();
    put16_at(length_at, out_.size() - length_at - 2);
    count(section);
  }

  // Uncompressed, as go-libp2p's and others' do of what is in data.
  void put_name(std::string_view name) {
    while (!name.empty()) {
      const auto label = name.substr(0, name.find('.'));
      put_text(label);
      name.remove_prefix(std::min(label.size() + 1, name.size()));
    }
    out_.push_back(0);
  }
  /// Of at most 255 bytes, behind its length.
  void put_text(std::string_view text) {
    out_.push_back(static_cast<std::uint8_t>(text.size()));
    append(out_, as_bytes(text));
  }
  void put16(unsigned value) {
    out_.push_back(static_cast<std::uint8_t>(value >> 8));
    out_.push_back(static_cast<std::uint8_t>(value));
  }
  void put_raw(bytes_view data) { append(out_, data); }

  std::size_t size() const noexcept { return out_.size(); }
  bytes take() { return std::move(out_); }

private:
  void put16_at(std::size_t at, std::size_t value) {
    out_[at] = static_cast<std::uint8_t>(value >> 8);
    out_[at + 1] = static_cast<std::uint8_t>(value);
  }
  void count(int section) {
    const auto at = 4 + 2 * static_cast<std::size_t>(section);
    put16_at(at, static_cast<std::size_t>(out_[at] << 8 | out_[at + 1]) + 1);
  }

  bytes out_;
};

// The first one of IPv4, or else of IPv6.
std::optional<ip_address>
host_address(const std::vector<multiaddr>& addresses) {
  std::optional<ip_address> result;
  for (const auto& address : addresses)
    if (const auto ip = ip_address::of(address);
        ip && (!result || (ip->is_v4() && !result->is_v4())))
      result = ip;
  return result;
}

} // namespace

std::optional<mdns_message> read_mdns(bytes_view datagram) {
  ns_msg msg{};
  if (datagram.size() > max_mdns_datagram
      || ::ns_initparse(datagram.data(), static_cast<int>(datagram.size()),
                        &msg)
             != 0
      || ns_msg_getflag(msg, ns_f_opcode) != ns_o_query)
    return std::nullopt;
  mdns_message result;
  if (ns_msg_getflag(msg, ns_f_qr) != 0)
    read_answer(msg, result);
  else
    read_question(msg, result);
  return result;
}

bytes mdns_query() {
  mdns_writer out{false};
  out.question(mdns_service);
  return out.take();
}

bytes mdns_services_answer() {
  mdns_writer out{true};
  out.record(1, mdns_all_services, ns_t_ptr, ns_c_in,
             [&] { out.put_name(mdns_service); });
  return out.take();
}

bytes mdns_answer(const std::string& name,
                  const std::vector<multiaddr>& addresses) {
  // What fits into a frame of Ethernet, with all that is not text.
  constexpr std::size_t text_space = 1'000;
  const auto instance = name + "." + std::string{mdns_service};
  const auto host = name + ".local";
  mdns_writer out{true};
  out.record(1, mdns_service, ns_t_ptr, ns_c_in,
             [&] { out.put_name(instance); });
  out.record(3, instance, ns_t_txt, ns_c_in | replaces, [&] {
    const auto begin = out.size();
    for (const auto& address : addresses) {
      const auto text = std::string{dnsaddr} + address.to_text();
      if (text.size() <= 255 && out.size() - begin + text.size() < text_space)
        out.put_text(text);
    }
    if (out.size() == begin)
      out.put_text("");
  });
  out.record(3, instance, ns_t_srv, ns_c_in | replaces, [&] {
    out.put16(0);
    out.put16(0);
    out.put16(some_port); // nobody dials it: the addresses tell
    out.put_name(host);
  });
  if (const auto ip = host_address(addresses))
    out.record(3, host, ip->is_v4() ? ns_t_a : ns_t_aaaa, ns_c_in | replaces,
               [&] {
                 const bytes_view raw{ip->raw()};
                 out.put_raw(ip->is_v4() ? raw.last(4) : raw);
               });
  return out.take();
}

} // namespace grapevine::libp2p
