#include "app/options/peers_file.hpp"

#include "app/options/network_values.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace grapevine::app {

namespace {

namespace fs = std::filesystem;

// Some hundred thousand ids.
constexpr std::size_t max_size = std::size_t{16} << 20;

std::string_view id_of(std::string_view line) {
  constexpr auto blank = " \t\r";
  line = line.substr(0, line.find('#'));
  const auto begin = line.find_first_not_of(blank);
  if (begin == std::string_view::npos)
    return {};
  return line.substr(begin, line.find_last_not_of(blank) + 1 - begin);
}

} // namespace

expected<std::vector<libp2p::peer_id>, std::string>
read_peers_file(const fs::path& file) {
  std::error_code code;
  if (!fs::is_regular_file(file, code))
    return unexpected{code ? "cannot be read: " + code.message()
                           : std::string{"is not a regular file"}};
  if (fs::file_size(file, code) > max_size)
    return unexpected{fmt::format("is larger than {} bytes", max_size)};
  std::ifstream in{file};
  if (!in)
    return unexpected{std::string{"cannot be read: "} + std::strerror(errno)};
  std::vector<libp2p::peer_id> peers;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const auto id = id_of(line);
    if (id.empty())
      continue;
    const auto peer = value_text<libp2p::peer_id>::parse(id);
    if (!peer)
      return unexpected{
          fmt::format("line {}: \"{}\": {}", number, id, peer.error())};
    peers.push_back(*peer);
  }
  if (peers.empty())
    return unexpected<std::string>{
        "names no peer; without any, leave the option out"};
  return peers;
}

} // namespace grapevine::app
