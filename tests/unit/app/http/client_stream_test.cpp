#include "app/http/client_stream.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

namespace grapevine::app::http {
namespace {

std::shared_ptr<const stream_batch>
lines(const std::vector<std::string>& all,
      stream_form form = stream_form::ndjson) {
  auto result = std::make_shared<stream_batch>(form);
  for (const auto& one : all)
    result->add(one);
  return result;
}

// All that is to be sent.
std::string drain(client_stream& from) {
  std::string all;
  for (auto text = from.next(); !text.empty(); text = from.next())
    all += text;
  return all;
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
  tested.take(lines({"a", "b"}));
  tested.take(lines({"c"}));
  CHECK(tested.waiting() == 6);
  CHECK(tested.next() == "a\nb\nc\n");
  CHECK(tested.waiting() == 0);
  CHECK(tested.next().empty());
}

TEST_CASE("http stream: of a burst of many batches a client that takes it "
          "misses nothing, a portion at a time",
          "[app]") {
  client_stream tested{stream_form::ndjson};
  const auto batch =
      lines(std::vector<std::string>(100, std::string(999, 'x')));
  for (int i = 0; i < 40; ++i)
    tested.take(batch);
  std::size_t sent = 0;
  for (auto text = tested.next(); !text.empty(); text = tested.next()) {
    CHECK(text.size() < client_stream::portion + 2'000);
    sent += text.size();
  }
  CHECK(sent == 4'000'000);
}

TEST_CASE("http stream: a client that is too slow is told what it missed, "
          "where it is missing",
          "[app]") {
  client_stream tested{stream_form::ndjson, 8};
  tested.take(lines({"a", "b", "c"}));
  tested.take(lines({"d", "e", "f"}));
  CHECK(tested.waiting() == 8);
  // There is some room, and soon there would be none again.
  tested.take(lines({"g"}));
  CHECK(drain(tested) == "a\nb\nc\nd\n{\"missed\":3}\n");
  CHECK(tested.next().empty());
  tested.take(lines({"h"}));
  CHECK(drain(tested) == "h\n");
}

TEST_CASE("http stream: what is missed is told before what comes then",
          "[app]") {
  // Less than half of what may wait does, after a portion.
  const std::string large(client_stream::portion, 'x');
  client_stream tested{stream_form::ndjson, 3 * client_stream::portion};
  tested.take(lines({large, large, large}));
  CHECK(tested.next() == large + "\n");
  tested.take(lines({"b"}));
  CHECK(drain(tested) == large + "\n{\"missed\":1}\nb\n");
}

TEST_CASE("http stream: a single object is never too large", "[app]") {
  client_stream tested{stream_form::ndjson, 4};
  tested.take(lines({"abcdefgh", "i"}));
  CHECK(drain(tested) == "abcdefgh\n{\"missed\":1}\n");
}

TEST_CASE("http stream: as an event, what was missed has a name", "[app]") {
  client_stream tested{stream_form::events, 0};
  tested.take(lines({"a", "b"}, stream_form::events));
  CHECK(drain(tested) == "data: a\n\nevent: missed\ndata: {\"missed\":1}\n\n");
}

TEST_CASE("http stream: at its end, what still waits is missed", "[app]") {
  client_stream tested{stream_form::ndjson, 4};
  tested.take(lines({"a", "b", "c"}));
  tested.drop_all();
  CHECK(tested.waiting() == 0);
  CHECK(drain(tested) == "{\"missed\":3}\n");
}

} // namespace
} // namespace grapevine::app::http
