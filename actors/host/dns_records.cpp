#include "actors/host/dns_records.hpp"

#include "libp2p/address/dns_ttl.hpp"

#include <algorithm>
#include <ares.h>
#include <arpa/inet.h>
#include <array>
#include <memory>
#include <netinet/in.h>
#include <string>

namespace grapevine {

using libp2p::dns_answer;
using libp2p::dns_kind;

namespace {

// What a call of c-ares has made.
template <class T>
class parsed_list {
public:
  parsed_list() = default;
  parsed_list(const parsed_list&) = delete;
  parsed_list& operator=(const parsed_list&) = delete;
  ~parsed_list() {
    if (first_ != nullptr)
      ares_free_data(first_);
  }

  T** out() noexcept { return &first_; }
  const T* first() const noexcept { return first_; }

private:
  T* first_ = nullptr;
};

// A record longer than 255 bytes comes in pieces.
int read_texts(bytes_view message, dns_answer& answer) {
  parsed_list<ares_txt_ext> list;
  const int status = ares_parse_txt_reply_ext(
      message.data(), static_cast<int>(message.size()), list.out());
  for (const auto* i = list.first(); i != nullptr; i = i->next) {
    if (i->record_start != 0 || answer.texts.empty())
      answer.texts.emplace_back();
    answer.texts.back() += as_text({i->txt, i->length});
  }
  return status;
}

int read_targets(bytes_view message, dns_answer& answer) {
  parsed_list<ares_srv_reply> list;
  const int status = ares_parse_srv_reply(
      message.data(), static_cast<int>(message.size()), list.out());
  for (const auto* i = list.first(); i != nullptr; i = i->next)
    answer.targets.push_back({i->host, i->port});
  return status;
}

std::string text_of(const ares_addrinfo_node& node) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* raw = nullptr;
  if (node.ai_family == AF_INET)
    raw = &reinterpret_cast<const sockaddr_in*>(node.ai_addr)->sin_addr;
  else if (node.ai_family == AF_INET6)
    raw = &reinterpret_cast<const sockaddr_in6*>(node.ai_addr)->sin6_addr;
  if (raw == nullptr
      || inet_ntop(node.ai_family, raw, text.data(), text.size()) == nullptr)
    return {};
  return text.data();
}

} // namespace

dns_answer dns_failure(int status) {
  dns_answer answer;
  switch (status) {
  case ARES_ENOTFOUND:
    answer.absent = true;
    answer.error = "there is no such name";
    break;
  case ARES_ENODATA:
    answer.absent = true;
    answer.error = "the name has none";
    break;
  case ARES_ETIMEOUT:
    answer.error = "no name server answers in time";
    break;
  case ARES_ECONNREFUSED:
    // c-ares says the same when each has answered that it failed.
    answer.error = "no name server can be reached, or none knows an answer "
                   "(SERVFAIL, REFUSED)";
    break;
  case ARES_ESERVFAIL:
    answer.error = "the name server has failed (SERVFAIL)";
    break;
  case ARES_EREFUSED:
    answer.error = "the name server refuses to answer";
    break;
  case ARES_EBADRESP:
  case ARES_EFORMERR:
    answer.error = "the name server's answer is malformed";
    break;
  case ARES_EBADNAME:
    answer.absent = true;
    answer.error = "it is no name that can be asked for";
    break;
  default:
    answer.error = ares_strerror(status);
    break;
  }
  return answer;
}

dns_answer addresses_of(const ares_addrinfo& found) {
  dns_answer answer;
  int least = -1;
  for (const auto* i = found.nodes; i != nullptr; i = i->ai_next) {
    auto text = text_of(*i);
    if (text.empty())
      continue;
    answer.texts.push_back(std::move(text));
    if (least < 0 || i->ai_ttl < least)
      least = i->ai_ttl;
  }
  if (answer.texts.empty())
    return dns_failure(ARES_ENODATA);
  answer.ttl = std::chrono::seconds{std::max(least, 0)};
  return answer;
}

dns_answer records_of(dns_kind kind, bytes_view message) {
  dns_answer answer;
  const int status = kind == dns_kind::text ? read_texts(message, answer)
                                            : read_targets(message, answer);
  if (status != ARES_SUCCESS)
    return dns_failure(status);
  if (answer.texts.empty() && answer.targets.empty())
    return dns_failure(ARES_ENODATA);
  answer.ttl = libp2p::dns_ttl(message).value_or(std::chrono::seconds{0});
  return answer;
}

} // namespace grapevine
