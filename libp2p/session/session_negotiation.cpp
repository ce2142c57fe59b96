#include "libp2p/session/session_negotiation.hpp"

namespace grapevine::libp2p {

namespace {

std::string listed(const std::vector<std::string>& protocols) {
  std::string text;
  for (const auto& one : protocols)
    text += (text.empty() ? "" : ", ") + one;
  return text;
}

// It goes to logs and terminals, as one word and no field of a log's line.
std::string printable(std::string text) {
  for (char& letter : text)
    if (letter <= ' ' || letter > '~' || letter == '=' || letter == '"')
      letter = '?';
  return text;
}

std::string problem_of(const multistream_dialer& end,
                       const std::vector<std::string>& ours) {
  return end.state() == multistream_state::refused
             ? "it speaks none of " + listed(ours)
             : std::string{};
}

std::string problem_of(const multistream_listener& end,
                       const std::vector<std::string>& ours) {
  return end.refused().empty() || end.state() == multistream_state::agreed
             ? std::string{}
             : "it asked for " + printable(end.refused())
                   + ", this node speaks " + listed(ours);
}

} // namespace

std::string
session_negotiation::problem(const std::vector<std::string>& ours) const {
  return std::visit(
      [&](const auto& end) {
        return end.error() ? "it does not speak as libp2p nodes do: "
                                 + to_string(*end.error())
                           : problem_of(end, ours);
      },
      end_);
}

} // namespace grapevine::libp2p
