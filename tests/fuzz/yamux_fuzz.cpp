// A yamux connection that is told anything, while its own side does anything.
#include "libp2p/mux/yamux.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace {

using namespace grapevine;
using namespace grapevine::libp2p;

void require(bool what) {
  if (!what)
    std::abort();
}

/// Reads the fuzzer's input: commands of one byte with their arguments.
class commands {
public:
  commands(const std::uint8_t* data, std::size_t size) : rest_{data, size} {}

  bool done() const { return rest_.empty(); }

  std::uint8_t byte() {
    if (rest_.empty())
      return 0;
    const auto result = rest_.front();
    rest_ = rest_.subspan(1);
    return result;
  }

  bytes_view some(std::size_t size) {
    const auto result = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(result.size());
    return result;
  }

private:
  bytes_view rest_;
};

void feed(yamux& mux, bytes_view data, time_point now) {
  for (;;) {
    const auto event = mux.read(data, now);
    if (event.what == yamux_event::kind::none)
      break;
    if (event.what == yamux_event::kind::data)
      require(!event.data.empty());
    if (event.what == yamux_event::kind::failed)
      require(mux.stream_count() == 0);
  }
}

void take(yamux& mux) {
  std::vector<bytes_view> parts;
  const auto size = mux.next_frames(parts, 65'519);
  std::size_t sum = 0;
  for (const auto part : parts)
    sum += part.size();
  require(sum == size && size <= 65'519);
  require(size > 0 || !mux.has_output());
  mux.release();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  commands input{data, size};
  session_limits limits;
  limits.max_inbound_streams = 8;
  limits.max_outbound_streams = 8;
  limits.max_reply_buffered = 600;
  auto now = time_point{std::chrono::hours{1}};
  const auto who = input.byte() % 2 == 0 ? role::dialer : role::listener;
  yamux mux{who, limits, now};
  while (!input.done()) {
    const auto command = input.byte();
    const stream_id id = command >> 4;
    switch (command % 8) {
    case 0:
    case 1:
      feed(mux, input.some(input.byte()), now);
      break;
    case 2:
      mux.open();
      break;
    case 3:
      mux.write(id,
                std::make_shared<const bytes>(std::size_t{input.byte()} * 200));
      break;
    case 4:
      mux.close(id);
      break;
    case 5:
      mux.reset(id);
      break;
    case 6:
      take(mux);
      break;
    case 7:
      now += std::chrono::seconds{input.byte()};
      mux.keep_alive(now);
      break;
    }
    require(mux.inbound_count() <= limits.max_inbound_streams);
    require(mux.stream_count() - mux.inbound_count()
            <= limits.max_outbound_streams);
    // Our own ping comes on top of the answers.
    require(mux.control_buffered()
            <= limits.max_reply_buffered + yamux_header_size);
  }
  return 0;
}
