#include "tests/app/api_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace grapevine::app {

namespace {

words with_defaults(words options) {
  words all{"run", "--listen", "/ip4/127.0.0.1/tcp/0"};
  if (std::ranges::find(options, "--api") == options.end())
    options.insert(options.end(), {"--api", "127.0.0.1:0"});
  all.insert(all.end(), options.begin(), options.end());
  return all;
}

} // namespace

api_node::api_node(const words& options) : process_{with_defaults(options)} {
  const std::string listening = "listening ";
  address_ = process_.line().substr(listening.size());
  const std::string said = "the HTTP API is at ";
  process_.wait_for_error(said);
  const auto errors = process_.errors();
  for (const std::string url : {"http://127.0.0.1:", "https://127.0.0.1:"})
    if (const auto at = errors.find(said + url); at != std::string::npos)
      port_ = static_cast<std::uint16_t>(
          std::stoul(errors.substr(at + said.size() + url.size())));
}

test::http_answer api_node::ask(const std::string& method,
                                const std::string& target,
                                const std::string& body,
                                const std::string& headers) const {
  auto client = connect();
  return client.ask(method, target, body, headers);
}

std::string complaint(const words& command) {
  const auto ended = run_program(command);
  INFO(ended.err);
  CHECK(ended.status == 1);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err, Catch::StartsWith("grapevine: "));
  CHECK(ended.err.find('\n') == ended.err.size() - 1);
  return ended.err;
}

} // namespace grapevine::app
