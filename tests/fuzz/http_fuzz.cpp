// A client of the HTTP API that sends anything: however its bytes are cut, they
// are the same requests, and what is answered is bounded.
#include "app/http/guard.hpp"
#include "app/http/session.hpp"
#include "app/http/target.hpp"
#include "tests/support/fuzz_input.hpp"

#include <string>
#include <vector>

namespace {

using namespace grapevine;
using namespace grapevine::app::http;
using test::expect;

constexpr std::size_t body_limit = 100;

session::limits small() {
  session::limits limits;
  limits.reader = {1'000, 1'000};
  limits.output_bytes = 2'000;
  return limits;
}

/// What a session has made of its input.
struct outcome {
  std::vector<std::string> requests;
  std::string said;
  bool closing = false;

  bool operator==(const outcome&) const = default;
};

admission judge(const request& head) {
  static const guard loopback{{true, "0123456789abcdef"}};
  (void)loopback.objection(head);
  const auto where = parse_target(head.target);
  if (!where)
    return {0, problem(400, where.error())};
  return {body_limit, std::nullopt};
}

/// Gives it pieces of so many bytes.
outcome told(bytes_view data, std::size_t piece) {
  const time_point now{std::chrono::seconds{1}};
  session tested{small(), judge, now};
  outcome result;
  const auto work = [&] {
    for (bool more = true; more;) {
      more = false;
      while (const auto one = tested.take(now)) {
        expect(one->body.size() <= body_limit);
        result.requests.push_back(one->method + ' ' + one->target + ' '
                                  + one->body);
        if (one->websocket) {
          tested.begin_websocket(one->websocket->key, now);
          tested.stream("\x81\x02{}", now);
        } else {
          tested.answer({200, "text/plain", one->target}, now);
        }
      }
      expect(tested.output().size() < 10'000);
      if (!tested.output().empty()) {
        result.said += tested.output();
        tested.sent(tested.output().size(), now);
        more = true;
      }
    }
  };
  while (!data.empty() && !tested.finished()) {
    const auto size = std::min(piece, data.size());
    tested.receive(as_text(data.first(size)), now);
    data = data.subspan(size);
    work();
  }
  tested.end_of_input();
  work();
  result.closing = tested.finished() || tested.said_all();
  return result;
}

/// Without what is said of a body that has not come yet, which depends on the
/// cuts.
std::string without_continue(std::string said) {
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  for (auto at = said.find(interim); at != std::string::npos;
       at = said.find(interim))
    said.erase(at, interim.size());
  return said;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  auto whole = told({data, size}, 4'096);
  whole.said = without_continue(whole.said);
  for (const std::size_t piece : {1, 7}) {
    auto cut = told({data, size}, piece);
    cut.said = without_continue(cut.said);
    expect(cut.requests == whole.requests);
  }
  return 0;
}
