// A session that is told anything: from its first byte, or inside a channel
// whose handshake was honest.
#include "tests/support/raw_peer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace grapevine;
using namespace grapevine::libp2p;

void check(test::session_end& end) {
  if (end.events.closed.size() > 1
      || (!end.events.closed.empty() && !end.session.closed()))
    std::abort();
}

/// The next part of the input: a length byte, and so many bytes.
bytes_view next_part(bytes_view& rest) {
  const auto size = std::min<std::size_t>(rest.front(), rest.size() - 1);
  const auto result = rest.subspan(1, size);
  rest = rest.subspan(1 + size);
  return result;
}

void talk_plainly(test::session_pair& pair, test::session_end& end,
                  bytes_view rest) {
  while (!rest.empty()) {
    pair.feed(end, next_part(rest));
    bytes out;
    end.session.take_output(out, 100'000);
  }
}

void talk_encrypted(test::session_pair& pair, bytes_view rest) {
  auto& end = pair.listener;
  end.events.keep_data = false;
  test::raw_peer peer{end, pair.now};
  while (!rest.empty()) {
    const auto part = next_part(rest);
    peer.say(part);
    // Every now and then the answers are read, or time passes.
    if (part.size() % 4 == 1)
      peer.hear();
    if (part.size() % 4 == 2) {
      pair.now += std::chrono::seconds{1};
      end.session.tick(pair.now, end.events);
    }
    check(end);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0)
    return 0;
  const bytes_view rest{data + 1, size - 1};
  test::session_pair pair;
  if (data[0] % 4 == 0)
    talk_plainly(pair, pair.dialer, rest);
  else if (data[0] % 4 == 1)
    talk_plainly(pair, pair.listener, rest);
  else
    talk_encrypted(pair, rest);
  pair.advance(std::chrono::minutes{2}, true);
  check(pair.dialer);
  check(pair.listener);
  if (!pair.dialer.session.closed() || !pair.listener.session.closed())
    std::abort(); // nobody answered for two minutes
  return 0;
}
