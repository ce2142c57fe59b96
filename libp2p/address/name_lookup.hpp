#pragma once

#include "libp2p/address/dial_plan.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/peer_id.hpp"

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace grapevine::libp2p {

/// What a name is asked for: addresses (A, AAAA, or both), TXT or SRV records.
enum class dns_kind : std::uint8_t { ip4, ip6, any_ip, text, service };

/// One question to the domain name system.
struct dns_question {
  dns_kind kind = dns_kind::any_ip;
  std::string name;

  // NOLINTNEXTLINE(modernize-use-nullptr): it takes the comparison's zero.
  friend auto operator<=>(const dns_question&, const dns_question&) = default;
};

/// What a SRV record says of one of those that offer a service.
struct service_target {
  std::string host;
  std::uint16_t port = 0;
};

/// The records that one question has found.
struct dns_answer {
  /// IP addresses as text, or the texts of TXT records.
  std::vector<std::string> texts;
  std::vector<service_target> targets;
  /// How long they hold.
  std::chrono::seconds ttl{0};
  /// For people; empty if there are records.
  std::string error;
  /// It is certain that there is no such record: nobody failed to answer.
  bool absent = false;
};

/// What looking up one address may take: whoever answers for a name could
/// otherwise keep a node busy with further names.
struct name_limits {
  /// Names that lead to names: a resolver follows CNAME by itself.
  std::size_t depth = 8;
  std::size_t questions = 64;
  std::size_t addresses = 2'048;
  /// Of what is wrong with records, how much is told.
  std::size_t problems = 4;
};

/// What a name has led to.
struct found_addresses {
  /// Those that can be dialled, each once; of those that records have with
  /// `/p2p/ID`, with that.
  std::vector<multiaddr> addresses;
  /// How long all of them hold.
  std::chrono::seconds ttl{0};
  /// Why there are none, for people; empty if there are some.
  std::string error;
  /// It is certain that there are none.
  bool absent = false;
  /// What is wrong with some of the records, for people.
  std::vector<std::string> problems;
};

/// Looks up one address with a name, without I/O: says what is to be asked, is
/// told the answers, and asks further until all is known.
///
/// - `/dns`, `/dns4`, `/dns6` with `/tcp/PORT`: A and AAAA records.
/// - The same with a service's name (`_p2p._tcp.example.org`) and without
///   `/tcp`: SRV records, which have the ports.
/// - `/dnsaddr/NAME`: TXT records `dnsaddr=ADDRESS` of `_dnsaddr.NAME`, which
/// may
///   lead to names again (multiformats/multiaddr, `protocols/DNSADDR.md`); with
///   `/p2p/ID` at its end, those of that peer alone.
class name_lookup {
public:
  /// Records that none of the `offered` transports can dial are passed over.
  explicit name_lookup(
      const multiaddr& address,
      std::span<const transport_kind> offered = offered_transports,
      const name_limits& limits = {});

  /// What is to be asked now; each question comes once.
  std::vector<dns_question> take_questions() {
    return std::exchange(questions_, {});
  }

  void answered(const dns_question& question, const dns_answer& answer);

  /// Whether all that was asked is answered.
  bool done() const noexcept { return waiting_.empty(); }

  /// Once it is done.
  found_addresses result() const;

private:
  // A name of which the records are waited for.
  struct step {
    dial_plan plan;
    std::optional<peer_id> peer;
    std::size_t depth = 0;
  };

  void follow(const multiaddr& address, std::size_t depth);
  void ask(const dns_question& question, step one);
  void use(const step& one, const dns_question& question,
           const dns_answer& answer);
  void use_host(const step& one, const std::string& ip);
  void use_target(const step& one, const service_target& target);
  void use_record(const step& one, const std::string& name,
                  const std::string& text);
  void add(const multiaddr& address);
  void problem(std::string text);

  std::vector<transport_kind> offered_;
  name_limits limits_;
  std::vector<dns_question> questions_;
  std::map<dns_question, std::vector<step>> waiting_;
  std::map<dns_question, dns_answer> known_;
  // What was followed: names may lead to each other in a circle.
  std::set<std::string> followed_;
  std::vector<multiaddr> addresses_;
  std::set<std::string> texts_;
  std::optional<std::chrono::seconds> ttl_;
  std::vector<std::string> problems_;
  // The first question without an answer, and one whose answer is nothing.
  std::string failure_;
  std::string nothing_;
};

/// Whether peers are to be looked up of `address` (see `name_lookup`) and not
/// one peer: it has a name, and no `/p2p/ID` says whom it is about.
bool names_peers(const multiaddr& address);

} // namespace grapevine::libp2p
