#pragma once

#include "actors/host/socket.hpp"
#include "proto/bytes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <list>
#include <map>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace grapevine::test {

/// A name server on loopback that answers from a table, over UDP and, where an
/// answer is too large for that, TCP. Nothing happens but in `serve`.
class dns_server {
public:
  enum type : std::uint16_t { a = 1, txt = 16, aaaa = 28, srv = 33 };

  struct records {
    std::vector<bytes> data;
    std::uint32_t ttl = 60;
  };

  dns_server() {
    // The same port twice: another program may have the second one.
    for (int i = 0; i < 100 && !stream_; ++i)
      bind_both();
    REQUIRE(stream_);
  }

  /// As an option takes it.
  std::string place() const { return "127.0.0.1:" + std::to_string(port_); }

  void set_addresses(const std::string& name,
                     const std::vector<std::string>& ips,
                     std::uint32_t ttl = 60) {
    auto& four = table[{name, a}] = {{}, ttl};
    auto& six = table[{name, aaaa}] = {{}, ttl};
    for (const auto& ip : ips) {
      const bool is_six = ip.find(':') != std::string::npos;
      bytes raw(is_six ? 16 : 4);
      REQUIRE(inet_pton(is_six ? AF_INET6 : AF_INET, ip.c_str(), raw.data())
              == 1);
      (is_six ? six : four).data.push_back(std::move(raw));
    }
  }

  void set_texts(const std::string& name, const std::vector<std::string>& texts,
                 std::uint32_t ttl = 60) {
    auto& to = table[{name, txt}] = {{}, ttl};
    for (const auto& text : texts) {
      bytes data;
      for (std::size_t at = 0; at < text.size(); at += 255) {
        const auto piece = std::string_view{text}.substr(at, 255);
        data.push_back(static_cast<std::uint8_t>(piece.size()));
        append(data, as_bytes(piece));
      }
      to.data.push_back(std::move(data));
    }
  }

  void add_service(const std::string& name, const std::string& host,
                   std::uint16_t port) {
    bytes data(4);
    add_number(data, port);
    add_name(data, host);
    table[{name, srv}].data.push_back(std::move(data));
  }

  /// Answers what waits; whether there was anything.
  bool serve() {
    bool any = false;
    while (serve_datagram())
      any = true;
    while (const int fd = ::accept4(stream_.get(), nullptr, nullptr,
                                    SOCK_NONBLOCK | SOCK_CLOEXEC)) {
      if (fd < 0)
        break;
      clients_.push_back({unique_fd{fd}, {}});
      any = true;
    }
    for (auto i = clients_.begin(); i != clients_.end();) {
      const auto [moved, alive] = serve_stream(*i);
      any = any || moved;
      i = alive ? std::next(i) : clients_.erase(i);
    }
    return any;
  }

  /// Waits until somebody asks, for so long at most.
  void wait(int milliseconds) {
    std::vector<pollfd> all{{datagrams_.get(), POLLIN, 0},
                            {stream_.get(), POLLIN, 0}};
    for (const auto& one : clients_)
      all.push_back({one.fd.get(), POLLIN, 0});
    (void)::poll(all.data(), all.size(), milliseconds);
  }

  std::map<std::pair<std::string, std::uint16_t>, records> table;
  /// It takes questions and says nothing.
  bool mute = false;
  /// It sends this in place of any answer.
  bytes nonsense;
  /// Instead of an answer, this error (RFC 1035, RCODE).
  std::uint16_t error = 0;
  std::size_t asked = 0;
  std::size_t asked_by_stream = 0;

private:
  // What a datagram may have without EDNS.
  static constexpr std::size_t largest_datagram = 512;

  struct client {
    unique_fd fd;
    bytes waiting;
  };

  void bind_both() {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(where);
    auto* raw = reinterpret_cast<sockaddr*>(&where);
    unique_fd udp{
        ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    REQUIRE(::bind(udp.get(), raw, size) == 0);
    REQUIRE(::getsockname(udp.get(), raw, &size) == 0);
    unique_fd tcp{
        ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (::bind(tcp.get(), raw, size) != 0 || ::listen(tcp.get(), 8) != 0)
      return;
    port_ = ntohs(where.sin_port);
    datagrams_ = std::move(udp);
    stream_ = std::move(tcp);
  }

  static void add_number(bytes& to, unsigned value) {
    to.push_back(static_cast<std::uint8_t>(value >> 8));
    to.push_back(static_cast<std::uint8_t>(value));
  }

  static void add_name(bytes& to, std::string_view name) {
    while (!name.empty()) {
      const auto label = name.substr(0, name.find('.'));
      to.push_back(static_cast<std::uint8_t>(label.size()));
      append(to, as_bytes(label));
      name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    to.push_back(0);
  }

  static unsigned number_at(bytes_view from, std::size_t at) {
    return from[at] << 8U | from[at + 1];
  }

  bool serve_datagram() {
    std::array<std::uint8_t, 4096> raw{};
    sockaddr_storage from{};
    socklen_t size = sizeof(from);
    const auto got = ::recvfrom(datagrams_.get(), raw.data(), raw.size(), 0,
                                reinterpret_cast<sockaddr*>(&from), &size);
    if (got < 0)
      return false;
    ++asked;
    auto answer =
        answer_to(bytes_view{raw}.first(static_cast<std::size_t>(got)));
    if (answer.size() > largest_datagram) {
      // Cut off: without any records.
      answer.resize(question_end(answer));
      answer[2] |= 0x02;
      answer[6] = answer[7] = 0;
    }
    if (!mute)
      (void)::sendto(datagrams_.get(), answer.data(), answer.size(), 0,
                     reinterpret_cast<sockaddr*>(&from), size);
    return true;
  }

  // Whether anything moved, and whether the client is still there.
  std::pair<bool, bool> serve_stream(client& one) {
    std::array<std::uint8_t, 4096> raw{};
    const auto got = ::recv(one.fd.get(), raw.data(), raw.size(), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN))
      return {true, false};
    if (got < 0)
      return {false, true};
    append(one.waiting, bytes_view{raw}.first(static_cast<std::size_t>(got)));
    while (one.waiting.size() >= 2
           && one.waiting.size() >= 2 + number_at(one.waiting, 0)) {
      const auto end = 2 + number_at(one.waiting, 0);
      ++asked_by_stream;
      const auto answer =
          answer_to(bytes_view{one.waiting}.subspan(2, end - 2));
      one.waiting.erase(one.waiting.begin(), one.waiting.begin() + end);
      bytes framed;
      add_number(framed, static_cast<unsigned>(answer.size()));
      append(framed, answer);
      if (!mute)
        (void)::send(one.fd.get(), framed.data(), framed.size(), MSG_NOSIGNAL);
    }
    return {true, true};
  }

  // Behind the one question of a message.
  static std::size_t question_end(bytes_view message) {
    std::size_t at = 12;
    while (message[at] != 0)
      at += 1U + message[at];
    return at + 5;
  }

  bytes answer_to(bytes_view question) const {
    if (!nonsense.empty()) {
      auto answer = nonsense;
      // Whoever does not know the number of the question is not listened to.
      if (answer.size() >= 2)
        std::copy_n(question.begin(), 2, answer.begin());
      return answer;
    }
    const auto end = question_end(question);
    std::string name;
    for (std::size_t at = 12; question[at] != 0; at += 1U + question[at]) {
      name += name.empty() ? "" : ".";
      name += as_text(question.subspan(at + 1, question[at]));
    }
    const auto kind = static_cast<std::uint16_t>(number_at(question, end - 4));
    const auto found = table.find({name, kind});
    const auto exists = [&](const auto& one) {
      return one.first.first == name;
    };
    const unsigned code = error != 0                           ? error
                          : std::ranges::any_of(table, exists) ? 0U
                                                               : 3U;
    const std::size_t count =
        code == 0 && found != table.end() ? found->second.data.size() : 0;
    bytes answer{question[0], question[1], 0x81,
                 static_cast<std::uint8_t>(0x80 | code)};
    for (const auto number :
         {std::size_t{1}, count, std::size_t{0}, std::size_t{0}})
      add_number(answer, static_cast<unsigned>(number));
    append(answer, question.subspan(12, end - 12));
    for (std::size_t i = 0; i < count; ++i) {
      const auto& data = found->second.data[i];
      add_number(answer, 0xc00c);
      add_number(answer, kind);
      add_number(answer, 1);
      add_number(answer, found->second.ttl >> 16);
      add_number(answer, found->second.ttl & 0xffff);
      add_number(answer, static_cast<unsigned>(data.size()));
      append(answer, data);
    }
    return answer;
  }

  std::uint16_t port_ = 0;
  unique_fd datagrams_;
  unique_fd stream_;
  std::list<client> clients_;
};

} // namespace grapevine::test
