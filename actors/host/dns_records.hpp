#pragma once

#include "libp2p/address/name_lookup.hpp"
#include "proto/bytes.hpp"

struct ares_addrinfo;

namespace grapevine {

/// What c-ares' status means: an answer without records. For people, it says
/// what to look at.
libp2p::dns_answer dns_failure(int status);

/// The addresses that c-ares has found.
libp2p::dns_answer addresses_of(const ares_addrinfo& found);

/// The TXT or SRV records of a message, as `kind` says.
libp2p::dns_answer records_of(libp2p::dns_kind kind, bytes_view message);

} // namespace grapevine
