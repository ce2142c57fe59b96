#pragma once

#include "tests/app/documents_fixture.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace grapevine::app {

/// A line with a word of its own for whatever differs between two runs: peer
/// ids, message ids, times, numbers of processes, addresses and ports.
std::string normalised(std::string line);

/// Whether a line is what the page has; `…` there stands for anything.
bool prints_as(const std::string& in_page, const std::string& line);

/// Types a tour's commands one after the other, each when the one before has
/// ended (or runs in the background) and has printed what the page says.
/// Afterwards nothing may be left that the page does not have, unless it has a
/// line `…`; log lines of level info and below may always be left out. `ports`
/// replace those in the page, by their order. What was wrong, in words.
words take_tour(const document_tour& tour,
                const std::vector<std::uint16_t>& ports);

/// How many different ports a tour has.
std::size_t ports_of(const document_tour& tour);

} // namespace grapevine::app
