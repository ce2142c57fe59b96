#include "libp2p/address/name_lookup.hpp"

#include <algorithm>

namespace grapevine::libp2p {

namespace {

using family = dial_plan::family;
using lookup = dial_plan::lookup;

constexpr std::string_view record_key = "dnsaddr=";

dns_question question_of(const dial_plan& plan) {
  switch (plan.by) {
  case lookup::text:
    return {dns_kind::text, "_dnsaddr." + plan.host};
  case lookup::service:
    return {dns_kind::service, plan.host};
  case lookup::host:
    break;
  }
  const auto kind = plan.wanted == family::ip4   ? dns_kind::ip4
                    : plan.wanted == family::ip6 ? dns_kind::ip6
                                                 : dns_kind::any_ip;
  return {kind, plan.host};
}

std::string name_of(family wanted) {
  return wanted == family::ip4   ? "/dns4/"
         : wanted == family::ip6 ? "/dns6/"
                                 : "/dns/";
}

std::string what(dns_kind kind) {
  switch (kind) {
  case dns_kind::ip4:
    return "IPv4 addresses (A)";
  case dns_kind::ip6:
    return "IPv6 addresses (AAAA)";
  case dns_kind::any_ip:
    return "addresses (A, AAAA)";
  case dns_kind::text:
    return "TXT records";
  case dns_kind::service:
    break;
  }
  return "SRV records";
}

} // namespace

name_lookup::name_lookup(const multiaddr& address,
                         std::span<const transport_kind> offered,
                         const name_limits& limits)
    : offered_{offered.begin(), offered.end()}, limits_{limits} {
  follow(address, 0);
}

void name_lookup::answered(const dns_question& question,
                           const dns_answer& answer) {
  auto steps = waiting_.extract(question);
  if (!steps)
    return;
  if (!answer.error.empty()) {
    auto& why = answer.absent ? nothing_ : failure_;
    if (why.empty())
      why = what(question.kind) + " of " + question.name + ": " + answer.error;
  } else {
    ttl_ = std::min(answer.ttl, ttl_.value_or(answer.ttl));
  }
  known_.emplace(question, answer);
  for (const auto& one : steps.mapped())
    use(one, question, answer);
}

found_addresses name_lookup::result() const {
  found_addresses result;
  result.addresses = addresses_;
  result.ttl = ttl_.value_or(std::chrono::seconds{0});
  result.problems = problems_;
  if (!addresses_.empty())
    return result;
  result.absent = failure_.empty();
  if (!failure_.empty())
    result.error = failure_;
  else if (!problems_.empty())
    result.error = problems_.front();
  else if (!nothing_.empty())
    result.error = nothing_;
  else
    result.error = "its records lead to no address that can be dialled";
  return result;
}

// -- from an address to questions ---------------------------------------------

void name_lookup::follow(const multiaddr& address, std::size_t depth) {
  if (!followed_.insert(address.to_text()).second)
    return;
  const auto plan = plan_dial(address, offered_);
  if (!plan)
    // A node tells of all that it listens on: QUIC, WebSocket and others.
    return;
  if (!plan->is_name)
    return add(address);
  if (depth > limits_.depth)
    return problem(address.to_text()
                   + " is the end of too long a chain of "
                     "names");
  ask(question_of(*plan), {*plan, address.peer(), depth});
}

void name_lookup::ask(const dns_question& question, step one) {
  if (const auto known = known_.find(question); known != known_.end()) {
    // A copy: what is learned from it may become known, too.
    const auto answer = known->second;
    return use(one, question, answer);
  }
  const bool asked = waiting_.contains(question);
  if (!asked && known_.size() + waiting_.size() >= limits_.questions)
    return problem("too many names: " + question.name + " is not looked up");
  waiting_[question].push_back(std::move(one));
  if (!asked)
    questions_.push_back(question);
}

// -- from answers to addresses ------------------------------------------------

void name_lookup::use(const step& one, const dns_question& question,
                      const dns_answer& answer) {
  switch (question.kind) {
  case dns_kind::text:
    for (const auto& text : answer.texts)
      use_record(one, question.name, text);
    return;
  case dns_kind::service:
    for (const auto& target : answer.targets)
      use_target(one, target);
    return;
  case dns_kind::ip4:
  case dns_kind::ip6:
  case dns_kind::any_ip:
    for (const auto& ip : answer.texts)
      use_host(one, ip);
    return;
  }
}

void name_lookup::use_host(const step& one, const std::string& ip) {
  const auto protocol = ip.find(':') == std::string::npos ? "/ip4/" : "/ip6/";
  const auto found =
      multiaddr::from_text(protocol + ip + "/tcp/" + one.plan.port);
  if (found)
    add(one.peer ? found->with_peer(*one.peer) : *found);
}

void name_lookup::use_target(const step& one, const service_target& target) {
  auto host = target.host;
  if (!host.empty() && host.back() == '.')
    host.pop_back();
  // Only the root: the service is not offered (RFC 2782).
  if (host.empty())
    return;
  const auto found = multiaddr::from_text(
      name_of(one.plan.wanted) + host + "/tcp/" + std::to_string(target.port));
  if (!found || target.port == 0)
    return problem("a SRV record of " + one.plan.host
                   + " names no host and "
                     "port: "
                   + host + ":" + std::to_string(target.port));
  follow(one.peer ? found->with_peer(*one.peer) : *found, one.depth + 1);
}

void name_lookup::use_record(const step& one, const std::string& name,
                             const std::string& text) {
  // Other records of the name are for others.
  if (!text.starts_with(record_key))
    return;
  const auto found =
      multiaddr::from_text(std::string_view{text}.substr(record_key.size()));
  if (!found)
    return problem("a TXT record of " + name + " has no address: \"" + text
                   + "\": " + found.error().reason);
  if (one.peer && found->peer() != one.peer)
    return;
  follow(*found, one.depth + 1);
}

void name_lookup::add(const multiaddr& address) {
  if (addresses_.size() >= limits_.addresses)
    return problem("more than " + std::to_string(limits_.addresses)
                   + " addresses: the others are passed over");
  if (texts_.insert(address.to_text()).second)
    addresses_.push_back(address);
}

void name_lookup::problem(std::string text) {
  if (problems_.size() < limits_.problems
      && std::ranges::find(problems_, text) == problems_.end())
    problems_.push_back(std::move(text));
}

bool names_peers(const multiaddr& address) {
  const auto plan = plan_dial(address);
  return plan && plan->is_name && !address.peer();
}

} // namespace grapevine::libp2p
