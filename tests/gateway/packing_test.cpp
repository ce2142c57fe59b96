#include "messages/api_fields.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace grapevine;

namespace {

/// Makes values of all kinds: each of its fields something else.
class generator {
public:
  explicit generator(std::uint64_t seed) : rng_{seed} {}

  std::uint64_t number(std::uint64_t below) { return rng_() % below; }

  template <class T>
  requires std::is_unsigned_v<T>
  void make(T& value) { value = static_cast<T>(rng_() >> number(64)); }
  void make(bool& value) { value = number(2) == 1; }
  template <class T>
  requires std::is_enum_v<T>
  void make(T& value) {
    value = static_cast<T>(
        number(static_cast<std::uint64_t>(packing::last_of<T>) + 1));
  }
  void make(double& value) {
    value = static_cast<double>(number(1'000'000)) / 7 - 1000;
  }
  template <class Rep, class Period>
  void make(std::chrono::duration<Rep, Period>& value) {
    value = std::chrono::duration<Rep, Period>{
        static_cast<Rep>(rng_() >> number(63))};
  }
  template <class Clock, class Duration>
  void make(std::chrono::time_point<Clock, Duration>& value) {
    Duration since{};
    make(since);
    value = std::chrono::time_point<Clock, Duration>{since};
  }
  void make(std::string& value) {
    value.resize(number(40));
    for (auto& c : value)
      c = static_cast<char>(number(256));
  }
  void make(bytes& value) {
    std::string text;
    make(text);
    value = to_bytes(as_bytes(text));
  }
  void make(libp2p::peer_id& value) {
    value = number(4) == 0 ? libp2p::peer_id{} : some_peer();
  }
  void make(libp2p::multiaddr& value) {
    value = libp2p::multiaddr::from_ip_tcp(
        number(2) == 0 ? "192.0.2.1" : "2001:db8::1",
        static_cast<std::uint16_t>(number(65536)));
    if (number(2) == 0)
      value = value.with_peer(some_peer());
  }
  void make(gossip::message_id& value) {
    std::string raw;
    make(raw);
    value = gossip::message_id{raw};
  }
  void make(gossip::message_ptr& value) {
    bytes data;
    make(data);
    proto::message_view fields;
    fields.data = data;
    fields.topic = "topic";
    fields.has_topic = true;
    bytes encoded;
    proto::append_message(encoded, fields);
    gossip::message_id id;
    make(id);
    value = gossip::message::copy_of(*proto::decode_message(encoded), id);
  }
  template <class T>
  void make(std::optional<T>& value) {
    value.reset();
    if (number(2) == 0)
      make(value.emplace());
  }
  template <class T>
  void make(std::vector<T>& values) {
    values.resize(1 + number(4));
    for (auto& value : values)
      make(value);
  }
  template <class T, std::size_t Size>
  void make(std::array<T, Size>& values) {
    for (auto& value : values)
      make(value);
  }
  template <class T>
  requires requires { sizeof(packing::fields_of<T>); }
  void make(T& value) {
    packing::fields_of<T>::each([&](auto&... fields) { (make(fields), ...); },
                                value);
  }

private:
  libp2p::peer_id some_peer() {
    bytes id{0x12, 0x20};
    for (int i = 0; i < 32; ++i)
      id.push_back(static_cast<std::uint8_t>(number(256)));
    return *libp2p::peer_id::from_bytes(id);
  }

  std::mt19937_64 rng_;
};

template <class T>
std::string packed(const T& value) {
  std::string out;
  pack(value, out);
  return out;
}

template <class T>
void comes_back(generator& some) {
  T value{};
  some.make(value);
  const auto sent = packed(value);
  T received{};
  REQUIRE(unpack(sent, received));
  CHECK(packed(received) == sent);
}

// Whatever is cut off is missed, and so is what was added.
template <class T>
void must_be_whole(generator& some) {
  T value{};
  some.make(value);
  const auto sent = packed(value);
  T received{};
  for (std::size_t size = 0; size < sent.size(); ++size)
    CHECK_FALSE(unpack(sent.substr(0, size), received));
  CHECK_FALSE(unpack(sent + '\0', received));
}

// Other bytes are another value, or none.
template <class T>
void takes_any_bytes(generator& some) {
  T value{};
  some.make(value);
  auto sent = packed(value);
  for (int i = 0; i < 4; ++i)
    sent[some.number(sent.size())] = static_cast<char>(some.number(256));
  if (T received{}; unpack(sent, received)) {
    T again{};
    CHECK(unpack(packed(received), again));
  }
}

} // namespace

TEST_CASE("what is packed of any message comes back", "[packing]") {
  generator some{1};
  for (int i = 0; i < 50; ++i) {
#define GRAPEVINE_COMES_BACK(name) comes_back<name>(some);
    GRAPEVINE_API_MESSAGES(GRAPEVINE_COMES_BACK)
#undef GRAPEVINE_COMES_BACK
  }
}

TEST_CASE("a part of what was packed is no message", "[packing]") {
  generator some{2};
#define GRAPEVINE_WHOLE(name) must_be_whole<name>(some);
  GRAPEVINE_API_MESSAGES(GRAPEVINE_WHOLE)
#undef GRAPEVINE_WHOLE
}

TEST_CASE("mutated bytes are another message or none", "[packing]") {
  generator some{3};
  for (int i = 0; i < 500; ++i) {
#define GRAPEVINE_MUTATED(name) takes_any_bytes<name>(some);
    GRAPEVINE_API_MESSAGES(GRAPEVINE_MUTATED)
#undef GRAPEVINE_MUTATED
  }
}

TEST_CASE("a list cannot say that it is longer than its bytes", "[packing]") {
  // 2^62 messages.
  const std::string huge =
      "\x01" + std::string(8, '\xff') + std::string(1, '\x3f');
  messages_delivered received;
  CHECK_FALSE(unpack(huge, received));
  CHECK(received.msgs.capacity() == 0);
}

TEST_CASE("a delivered message is never null", "[packing]") {
  messages_delivered without;
  without.msgs.emplace_back();
  CHECK_FALSE(unpack(packed(without), without));
  CHECK_FALSE(unpack(packed(messages_delivered{}), without));
}

TEST_CASE("a message is the same with its id", "[packing]") {
  generator some{4};
  message_delivered sent;
  some.make(sent);
  message_delivered received;
  REQUIRE(unpack(packed(sent), received));
  CHECK(equal(received.msg->data(), sent.msg->data()));
  CHECK(received.msg->id() == sent.msg->id());
  CHECK(received.msg->frame() == sent.msg->frame());
  CHECK(received.missed == sent.missed);
}

TEST_CASE("keys and functions stay, but it is told that there were some",
          "[packing]") {
  publish_message signed_by;
  CHECK(unpack(packed(signed_by), signed_by));
  CHECK(signed_by.key == nullptr);
  const auto key = std::make_shared<const libp2p::private_key>(
      libp2p::private_key::generate());
  signed_by.key = key;
  publish_message received;
  REQUIRE(unpack(packed(signed_by), received));
  REQUIRE(received.key != nullptr);
  CHECK(received.key->to_protobuf() != key->to_protobuf());

  set_validation validated{"topic", topic_validation{}};
  validated.validation->functions.emplace_back(
      [](const auto&, const auto&) { return judgement{}; });
  set_validation refused;
  REQUIRE(unpack(packed(validated), refused));
  CHECK(refused.validation->functions.size() == 1);
}

TEST_CASE("settings from elsewhere are none that a node takes", "[packing]") {
  change_settings received;
  REQUIRE(unpack(packed(change_settings{}), received));
  CHECK_FALSE(gossip::validate(received.settings.score));
}
