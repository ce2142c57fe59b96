#include "tests/unit/libp2p/mux/yamux_end.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::libp2p;
using namespace grapevine::test;

// go-yamux handles FIN before the data of its frame: its reader may see the end
// and never the data.
TEST_CASE("the end follows the data in a frame of its own", "[yamux]") {
  yamux_end a{role::dialer};
  const auto id = *a.mux.open();
  a.write(id, "question");
  a.mux.close(id);
  a.write(id, "too late");
  CHECK(
      headers_of(a.output())
      == std::vector<yamux_header>{{yamux_type::data, yamux_flag::syn, id, 8},
                                   {yamux_type::data, yamux_flag::fin, id, 0}});
  a.mux.close(id); // again: nothing
  CHECK(a.output().empty());
}

TEST_CASE("a stream without data may open and end in one frame", "[yamux]") {
  yamux_end a{role::dialer};
  const auto id = *a.mux.open();
  a.mux.close(id);
  CHECK(headers_of(a.output())
        == std::vector<yamux_header>{
            {yamux_type::data, yamux_flag::syn | yamux_flag::fin, id, 0}});
}

TEST_CASE("half-closing leaves the other direction open", "[yamux]") {
  yamux_end b{role::listener};
  yamux_end c{role::dialer};
  const auto other = *c.mux.open();
  c.write(other, "question");
  c.mux.close(other);
  b.input(c.output());
  CHECK(b.received[other] == "question");
  CHECK(b.ended == std::vector<stream_id>{other});
  b.write(other, "answer");
  exchange(c, b);
  CHECK(c.received[other] == "answer");
  CHECK(c.mux.has(other));
  b.mux.close(other);
  CHECK(b.mux.has(other));
  exchange(c, b);
  CHECK(c.ended == std::vector<stream_id>{other});
  CHECK_FALSE(c.mux.has(other));
  CHECK_FALSE(b.mux.has(other));
  CHECK(c.mux.stream_count() == 0);
  CHECK(b.mux.inbound_count() == 0);
}

TEST_CASE("the end is sent behind what the window holds back", "[yamux]") {
  yamux_end a{role::dialer}, b{role::listener};
  const auto id = *a.mux.open();
  a.write(id, std::string(500'000, 'x'));
  a.mux.close(id);
  const auto first = a.output();
  CHECK_FALSE(headers_of(first).back().has(yamux_flag::fin));
  b.input(first);
  exchange(a, b);
  CHECK(b.received[id].size() == 500'000);
  CHECK(b.ended.size() == 1);
}
