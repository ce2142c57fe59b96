#include "app/http/message_stream.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace grapevine::app::http {
namespace {

using Catch::Contains;
using Catch::StartsWith;

message_delivered delivered(const std::string& data) {
  return {test::message_named("\x01\x02", "t", data), {}, {}};
}

TEST_CASE("http stream: messages are events, or lines", "[app]") {
  std::string text;
  message_stream events{stream_form::events};
  events.add(delivered("a"), 0, text);
  CHECK_THAT(text, StartsWith("id: 0102\ndata: {\"topic\":\"t\"")
                       && Catch::EndsWith("}\n\n"));
  text.clear();
  message_stream lines{stream_form::ndjson};
  lines.add(delivered("a"), 0, text);
  lines.add(delivered("b"), 0, text);
  CHECK_THAT(text, StartsWith("{\"topic\":\"t\"") && Catch::EndsWith("}\n"));
  CHECK(std::ranges::count(text, '\n') == 2);
}

TEST_CASE("http stream: a client that is too slow is told what it missed",
          "[app]") {
  constexpr auto most = message_stream::max_waiting;
  message_stream tested{stream_form::ndjson};
  std::string text;
  for (int i = 0; i < 3; ++i)
    tested.add(delivered("a"), most, text);
  CHECK(text.empty());
  CHECK(tested.missed(most).empty());
  // There is some room, and soon there would be none again.
  tested.add(delivered("b"), most - 1, text);
  CHECK(text.empty());
  SECTION("before the next message") {
    tested.add(delivered("c"), 0, text);
    CHECK_THAT(text, StartsWith("{\"missed\":4}\n{\"topic\""));
  }
  SECTION("when there is none") {
    CHECK(tested.missed(0) == "{\"missed\":4}\n");
  }
  CHECK(tested.missed(0).empty());
}

TEST_CASE("http stream: as an event, what was missed has a name", "[app]") {
  message_stream tested{stream_form::events};
  std::string text;
  tested.add(delivered("a"), message_stream::max_waiting, text);
  CHECK(tested.missed(0) == "event: missed\ndata: {\"missed\":1}\n\n");
}

TEST_CASE("http stream: what is sent at once is bounded, too", "[app]") {
  message_stream tested{stream_form::ndjson};
  std::string text;
  const std::string data(1000, 'x');
  for (int i = 0; i < 1000; ++i)
    tested.add(delivered(data), 0, text);
  CHECK(text.size() < message_stream::max_waiting + 10'000);
  CHECK_THAT(tested.missed(0), StartsWith("{\"missed\":"));
}

} // namespace
} // namespace grapevine::app::http
