#pragma once

#include <cstddef>
#include <string_view>

namespace grapevine::libp2p {

/// How many letters must be inserted, removed, replaced or swapped with their
/// neighbour to make one text of the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

} // namespace grapevine::libp2p
