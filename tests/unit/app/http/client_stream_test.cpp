#include "app/http/client_stream.hpp"

#include <catch2/catch.hpp>

namespace grapevine::app::http {
namespace {

using Catch::StartsWith;

stream_batch lines(std::initializer_list<std::string> all) {
  stream_batch result{stream_form::ndjson};
  for (const auto& one : all)
    result.add(one);
  return result;
}

TEST_CASE("http stream: objects are events, or lines", "[app]") {
  stream_batch events{stream_form::events};
  events.add("{1}", "0102");
  events.add("{2}");
  REQUIRE(events.size() == 2);
  CHECK(events[0] == "id: 0102\ndata: {1}\n\n");
  CHECK(events[1] == "data: {2}\n\n");
  stream_batch all{stream_form::ndjson};
  all.add("{1}", "0102");
  all.add("{2}");
  REQUIRE(all.size() == 2);
  CHECK(all[0] == "{1}\n");
  CHECK(all[1] == "{2}\n");
}

TEST_CASE("http stream: a client gets what there is", "[app]") {
  client_stream tested{stream_form::ndjson};
  std::string text = "before\n";
  tested.add(lines({"a", "b"}), 0, 0, text);
  tested.add(lines({"c"}), 0, 0, text);
  CHECK(text == "before\na\nb\nc\n");
  CHECK(tested.missed(0).empty());
}

TEST_CASE("http stream: a client that is too slow is told what it missed",
          "[app]") {
  constexpr auto most = client_stream::max_waiting;
  client_stream tested{stream_form::ndjson};
  std::string text;
  tested.add(lines({"a", "a", "a"}), 0, most, text);
  CHECK(text.empty());
  CHECK(tested.missed(most).empty());
  // There is some room, and soon there would be none again.
  tested.add(lines({"b"}), 0, most - 1, text);
  CHECK(text.empty());
  SECTION("before the next object") {
    tested.add(lines({"c"}), 0, 0, text);
    CHECK(text == "{\"missed\":4}\nc\n");
  }
  SECTION("when there is none") {
    CHECK(tested.missed(0) == "{\"missed\":4}\n");
  }
  CHECK(tested.missed(0).empty());
}

TEST_CASE("http stream: as an event, what was missed has a name", "[app]") {
  client_stream tested{stream_form::events};
  stream_batch one{stream_form::events};
  one.add("a");
  std::string text;
  tested.add(one, 0, client_stream::max_waiting, text);
  CHECK(tested.missed(0) == "event: missed\ndata: {\"missed\":1}\n\n");
}

TEST_CASE("http stream: what is sent at once is bounded, too", "[app]") {
  client_stream tested{stream_form::ndjson};
  stream_batch all{stream_form::ndjson};
  for (int i = 0; i < 1000; ++i)
    all.add(std::string(1000, 'x'));
  std::string sent;
  for (std::size_t next = 0; next < all.size();) {
    std::string text;
    next = tested.add(all, next, sent.size(), text);
    sent += text;
  }
  CHECK(sent.size() < client_stream::max_waiting + 10'000);
  CHECK_THAT(tested.missed(0), StartsWith("{\"missed\":"));
}

TEST_CASE("http stream: of a burst that the client's system takes portion by "
          "portion nothing is missed",
          "[app]") {
  client_stream tested{stream_form::ndjson};
  stream_batch all{stream_form::ndjson};
  for (int i = 0; i < 1000; ++i)
    all.add(std::string(1000, 'x'));
  std::size_t sent = 0;
  for (std::size_t next = 0; next < all.size();) {
    std::string text;
    next = tested.add(all, next, 0, text);
    CHECK(text.size() < client_stream::portion + 2'000);
    sent += text.size();
  }
  CHECK(sent == 1'001'000);
  CHECK(tested.missed(0).empty());
}

} // namespace
} // namespace grapevine::app::http
