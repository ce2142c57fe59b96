// multistream-select against a hostile peer, in both roles: the outcome must
// not depend on how the bytes are cut, nor the output grow without bound.
#include "libp2p/session/multistream.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

const std::vector<std::string> protocols{"/meshsub/1.2.0", "/meshsub/1.1.0",
                                         "/a"};

struct outcome {
  multistream_state state;
  std::optional<multistream_error> error;
  bytes out;
  std::size_t used = 0;

  friend bool operator==(const outcome&, const outcome&) = default;
};

template <class Side>
outcome run(Side side, bytes_view data, std::size_t step) {
  outcome result{};
  while (!data.empty() && side.state() == multistream_state::negotiating) {
    auto chunk = data.first(std::min(step, data.size()));
    auto used = side.feed(chunk, result.out);
    if (used > chunk.size())
      std::abort();
    result.used += used;
    data = data.subspan(used);
  }
  result.state = side.state();
  result.error = side.error();
  return result;
}

template <class Make>
void compare(Make make, bytes_view data, std::size_t step) {
  auto whole = run(make(), data, data.size());
  auto cut = run(make(), data, step);
  if (!(whole == cut) || whole.out.size() > 4096)
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2)
    return 0;
  auto input = bytes_view{data, size}.subspan(1);
  auto step = std::size_t{1} + data[0] % 64;
  compare([] { return multistream_listener{protocols}; }, input, step);
  compare([] { return multistream_dialer{protocols}; }, input, step);
  return 0;
}
