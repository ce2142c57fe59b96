// A stream gives the same frames, and the same error, however it is cut into
// chunks. The first byte chooses the chunks.
#include "gossip/stream/frame_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

using namespace grapevine;
using namespace grapevine::gossip;

namespace {

constexpr std::size_t max_size = 1000;

struct result {
  std::vector<bytes> frames;
  std::optional<frame_error> error;
};

bool same(const result& a, const result& b) {
  return a.frames == b.frames && a.error == b.error;
}

result read(bytes_view stream, std::size_t chunk_size) {
  frame_reader reader{max_size};
  result got;
  std::size_t fed = 0;
  while (!stream.empty()) {
    bytes_view chunk = stream.first(std::min(chunk_size, stream.size()));
    stream = stream.subspan(chunk.size());
    fed += chunk.size();
    for (;;) {
      const auto frame = reader.next(chunk);
      if (!frame) {
        got.error = frame.error();
        return got;
      }
      if (reader.buffered() > std::min(2 * fed, max_size))
        std::abort();
      if (!*frame)
        break;
      got.frames.push_back(to_bytes(**frame));
    }
    if (!chunk.empty())
      std::abort();
  }
  return got;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0)
    return 0;
  const bytes_view stream{data + 1, size - 1};
  const auto whole = read(stream, size);
  if (!same(whole, read(stream, 1)) || !same(whole, read(stream, 1u + data[0])))
    std::abort();
  return 0;
}
