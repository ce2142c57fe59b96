#include "app/options/option_row.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace grapevine::app {
namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

struct inner {
  std::size_t bytes = 1024;
  std::chrono::nanoseconds pause = 1s;
};

// Something with a field of each shape.
struct thing {
  inner part;
  double decay = 0;
  std::string file;
  std::vector<std::string> topics;
  std::optional<std::size_t> count;
  std::optional<inner> extra;
  gossip::score_parameters scores;
};

const gossip::score_parameters& decays_of(const thing& t) {
  return t.scores;
}

// What a field is after a text, and how it is shown then.
template <option_kind Kind, class Where>
texts shown_after(thing& t, Where where, std::string_view text) {
  const auto row = make_row<thing, Kind>("name", where);
  REQUIRE(row.set(t, text));
  return row.show(t);
}

constexpr auto part = field(&thing::part);

TEST_CASE("option rows: a field is read and written as its kind", "[app]") {
  thing t;
  CHECK(shown_after<option_kind::size>(t, part / &inner::bytes, "2048")
        == texts{"2KiB"});
  CHECK(t.part.bytes == 2048);
  CHECK(shown_after<option_kind::number>(t, part / &inner::bytes, "2048")
        == texts{"2048"});
  CHECK(shown_after<option_kind::duration>(t, part / &inner::pause, "2m")
        == texts{"120s"});
  CHECK(t.part.pause == 2min);
  CHECK(shown_after<option_kind::decay>(t, &thing::decay, "10m")
        == texts{"600s"});
  CHECK(t.decay == gossip::decay_for(10min));
}

TEST_CASE("option rows: a text that is no value changes nothing", "[app]") {
  thing t;
  const auto row =
      make_row<thing, option_kind::size>("name", part / &inner::bytes);
  const auto set = row.set(t, "many");
  CHECK_THAT(error_of(set), Catch::Contains("number of bytes"));
  CHECK(t.part.bytes == 1024);
  CHECK_THAT(error_of(row.normalise("many")),
             Catch::Contains("number of bytes"));
  CHECK(row.normalise("1048576") == std::string{"1MiB"});
}

TEST_CASE("option rows: what is not set is not shown", "[app]") {
  thing t;
  const auto file = make_row<thing, option_kind::path>("file", &thing::file);
  const auto count =
      make_row<thing, option_kind::number>("count", &thing::count);
  CHECK(file.show(t).empty());
  CHECK(count.show(t).empty());
  REQUIRE(file.set(t, "a.txt"));
  REQUIRE(count.set(t, "0"));
  CHECK(file.show(t) == texts{"a.txt"});
  CHECK(count.show(t) == texts{"0"});
}

TEST_CASE("option rows: a list grows", "[app]") {
  thing t;
  const auto row = make_row<thing, option_kind::topic>("topic", &thing::topics);
  CHECK(row.repeatable);
  REQUIRE(row.set(t, "a"));
  REQUIRE(row.set(t, "b"));
  CHECK(t.topics == texts{"a", "b"});
  CHECK(row.show(t) == texts{"a", "b"});
}

TEST_CASE("option rows: a flag says whether something is there", "[app]") {
  thing t;
  const auto row = make_row<thing, option_kind::flag>("extra", &thing::extra);
  CHECK(row.choices == texts{"on", "off"});
  CHECK(row.show(t) == texts{"off"});
  REQUIRE(row.set(t, "on"));
  CHECK(t.extra);
  CHECK(row.show(t) == texts{"on"});
}

TEST_CASE("option rows: are found by their names", "[app]") {
  const std::vector rows{
      make_row<thing, option_kind::number>("count", &thing::count),
      make_row<thing, option_kind::path>("file", &thing::file)};
  CHECK(find_row(rows, "file") == &rows[1]);
  CHECK(find_row(rows, "nothing") == nullptr);
  CHECK(names_of(rows) == texts{"count", "file"});
}

} // namespace
} // namespace grapevine::app
