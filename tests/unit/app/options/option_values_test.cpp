#include "tests/unit/app/options/value_checks.hpp"

namespace grapevine::app {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("option values: whole numbers", "[app]") {
  CHECK(value_of<std::size_t>("0") == 0);
  CHECK(value_of<std::size_t>("12") == 12);
  for (const auto* bad :
       {"", "x", "-1", "1.5", "1 ", " 1", "+1", "0x10", "1e3"})
    check_error<std::size_t>(bad, "whole number");
  check_error<std::size_t>("1000000001", "must not exceed 1000000000");
  check_error<std::size_t>("99999999999999999999999", "must not exceed");
}

TEST_CASE("option values: formats of traces", "[app]") {
  using gossip::trace_format;
  CHECK(value_of<trace_format>("json") == trace_format::json);
  CHECK(value_of<trace_format>("protobuf") == trace_format::protobuf);
  check_error<trace_format>("xml", "json");
  CHECK(value_text<trace_format>::format(trace_format::protobuf) == "protobuf");
}

TEST_CASE("option values: numbers with a fraction", "[app]") {
  CHECK(value_of<double>("0.25") == 0.25);
  CHECK(value_of<double>("-1") == -1);
  for (const auto* bad : {"", "x", "nan", "inf", "0.5x", "1e999"})
    check_error<double>(bad, "must be a number");
  CHECK(value_text<double>::format(0.25) == "0.25");
}

TEST_CASE("option values: switches", "[app]") {
  CHECK(value_of<bool>("on"));
  CHECK(value_of<bool>("true"));
  CHECK_FALSE(value_of<bool>("off"));
  CHECK_FALSE(value_of<bool>("false"));
  check_error<bool>("yes", "must be on or off");
  CHECK(value_text<bool>::format(false) == "off");
}

TEST_CASE("option values: times have units", "[app]") {
  CHECK(value_of<milliseconds>("700ms") == 700ms);
  CHECK(value_of<milliseconds>("1.5s") == 1500ms);
  CHECK(value_of<milliseconds>("2") == 2s);
  CHECK(value_of<milliseconds>("0") == 0s);
  CHECK(value_of<milliseconds>("2m") == 2min);
  CHECK(value_of<milliseconds>("1h") == 1h);
  for (const auto* bad : {"", "s", "1 s", "-1s", "1d", "infs", "nan"})
    check_error<milliseconds>(bad, "must be a time such as");
  check_error<milliseconds>("1e300s", "must not exceed a year");
  check_error<milliseconds>("0.1ms", "must not be less than 1ms");
  CHECK(value_of<seconds>("1m") == 60s);
  check_error<seconds>("1500ms", "whole seconds");
}

TEST_CASE("option values: times are written as they are read", "[app]") {
  for (const auto time : {0ms, 1ms, 999ms, 1000ms, 61'500ms})
    CHECK(value_of<milliseconds>(value_text<milliseconds>::format(time))
          == time);
}

TEST_CASE("option values: sizes", "[app]") {
  CHECK(value_of<byte_size>("1").count == 1);
  CHECK(value_of<byte_size>("65536").count == 65536);
  CHECK(value_of<byte_size>("64KiB").count == 65536);
  CHECK(value_of<byte_size>("1.5MiB").count == 1'572'864);
  for (const auto* bad : {"", "0", "-1", "64KB", "0.5", "x", "MiB"})
    check_error<byte_size>(bad, "number of bytes");
  check_error<byte_size>("1025MiB", "must not exceed");
  CHECK(value_text<byte_size>::format({1'572'864}) == "1536KiB");
  CHECK(value_text<byte_size>::format({1 << 20}) == "1MiB");
  CHECK(value_text<byte_size>::format({1000}) == "1000");
}

TEST_CASE("option values: topics", "[app]") {
  CHECK(value_of<topic_name>("news").text == "news");
  check_error<topic_name>("", "must have a name");
  check_error<topic_name>(std::string(1025, 't'), "must not exceed 1024");
}

TEST_CASE("option values: addresses say what is wrong", "[app]") {
  CHECK(value_of<libp2p::multiaddr>("/ip4/1.2.3.4/tcp/4001").to_text()
        == "/ip4/1.2.3.4/tcp/4001");
  CHECK_FALSE(value_text<libp2p::multiaddr>::parse("/ip4/1.2.3").has_value());
  CHECK_FALSE(value_text<libp2p::multiaddr>::parse("").has_value());
  check_error<libp2p::multiaddr>("/ip4/1.2.3/tcp/1", "1.2.3");
}

TEST_CASE("option values: choices are named in the error", "[app]") {
  CHECK(value_of<gossip::signing_policy>("strict-no-sign")
        == gossip::signing_policy::strict_no_sign);
  check_error<gossip::signing_policy>("lax",
                                      "must be strict-sign or strict-no-sign");
  CHECK(value_of<gossip::seen_strategy>("last-seen")
        == gossip::seen_strategy::last_seen);
  check_error<gossip::seen_strategy>("never",
                                     "must be first-seen or last-seen");
  CHECK(value_of<spdlog::level::level_enum>("warn") == spdlog::level::warn);
  check_error<spdlog::level::level_enum>("loud", "trace, debug, info");
  check_error<libp2p::key_type>("dsa",
                                "must be ed25519, secp256k1, ecdsa or rsa");
}

} // namespace
} // namespace grapevine::app
