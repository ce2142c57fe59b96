#pragma once

namespace grapevine::libp2p {

/// From now on `keyed_hash` has a key that everybody knows: for simulations,
/// which visit tables in the same order each time. To be called before there is
/// any table, and never where strangers choose keys.
void use_fixed_hash_key();

} // namespace grapevine::libp2p
