#include "app/metrics/exposition.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::app;
using namespace std::chrono_literals;

TEST_CASE("exposition: a metric has a help text, a type and its samples") {
  exposition text;
  text.begin("a_total", metric_type::counter, "What\\is\n\"counted\"");
  text.sample({}, std::uint64_t{3});
  text.sample({{"x", "1"}, {"y", "2"}}, 0.5);
  CHECK(text.take()
        == "# HELP a_total What\\\\is\\n\"counted\"\n"
           "# TYPE a_total counter\n"
           "a_total 3\n"
           "a_total{x=\"1\",y=\"2\"} 0.5\n");
}

TEST_CASE("exposition: a label's value cannot end it") {
  exposition text;
  text.begin("a", metric_type::gauge, "");
  text.sample({{"topic", "\"} 1\n# \\"}}, std::uint64_t{18446744073709551615U});
  CHECK(text.take()
        == "# HELP a \n# TYPE a gauge\n"
           "a{topic=\"\\\"} 1\\n# \\\\\"} 18446744073709551615\n");
}

TEST_CASE("exposition: each range of a histogram has those below it") {
  duration_histogram h;
  h.add(1ms, 2);
  h.add(10s);
  exposition text;
  text.begin("t_seconds", metric_type::histogram, "");
  text.sample({{"actor", "node"}}, h);
  const auto got = text.take();
  CHECK_THAT(got, Catch::Contains(
                      "t_seconds_bucket{actor=\"node\",le=\"0.0005\"} 0\n"));
  CHECK_THAT(got, Catch::Contains(
                      "t_seconds_bucket{actor=\"node\",le=\"0.001\"} 2\n"));
  CHECK_THAT(got,
             Catch::Contains("t_seconds_bucket{actor=\"node\",le=\"5\"} 2\n"
                             "t_seconds_bucket{actor=\"node\",le=\"+Inf\"} 3\n"
                             "t_seconds_sum{actor=\"node\"} 10.002\n"
                             "t_seconds_count{actor=\"node\"} 3\n"));
}
