#include "libp2p/secure/record_reader.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

/// A header of five bytes, as TLS has it.
bytes record_of(std::string_view text) {
  bytes result{'t', 'l', 's', static_cast<std::uint8_t>(text.size() >> 8),
               static_cast<std::uint8_t>(text.size())};
  append(result, as_bytes(text));
  return result;
}

} // namespace

TEST_CASE("record reader: records with their headers, at any chunking",
          "[libp2p][secure]") {
  bytes wire;
  const std::vector<std::string> texts{"one", "", std::string(300, 'x'),
                                       "four"};
  for (const auto& text : texts)
    append(wire, record_of(text));
  for (std::size_t step = 1; step <= wire.size(); ++step) {
    record_reader reader{5, 300};
    std::vector<std::string> read;
    for (std::size_t at = 0; at < wire.size(); at += step) {
      bytes_view chunk =
          bytes_view{wire}.subspan(at, std::min(step, wire.size() - at));
      while (const auto record = reader.next(chunk).value()) {
        CHECK(as_text(record->first(3)) == "tls");
        read.emplace_back(as_text(record->subspan(5)));
      }
      CHECK(chunk.empty());
    }
    CHECK(read == texts);
    CHECK(reader.buffered() == 0);
  }
}

TEST_CASE("record reader: a whole record is not copied", "[libp2p][secure]") {
  const auto wire = record_of("whole");
  record_reader reader{5, 300};
  bytes_view chunk{wire};
  const auto record = reader.next(chunk).value();
  REQUIRE(record);
  CHECK(record->data() == wire.data());
}

TEST_CASE("record reader: a length beyond the limit stops it",
          "[libp2p][secure]") {
  const bytes header{1, 2, 3, 1, 45}; // 301
  record_reader whole{5, 300};
  bytes_view chunk{header};
  CHECK_FALSE(whole.next(chunk));
  record_reader pieces{5, 300};
  for (std::size_t i = 0; i < header.size(); ++i) {
    chunk = bytes_view{header}.subspan(i, 1);
    CHECK(pieces.next(chunk).has_value() == (i + 1 < header.size()));
  }
}
