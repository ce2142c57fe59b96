#pragma once

#include "tests/interop/peer_process.hpp"

#include <functional>
#include <string>

namespace grapevine::interop {

/// Conditions on the events `rpc_in` and `rpc_out`, which a peer with
/// `--trace` reports.
using rpc_matcher = peer_process::matcher;

/// An RPC from `other` of which `matches` is true.
rpc_matcher rpc_from(const peer_process& other, rpc_matcher matches);
/// An RPC to `other` of which `matches` is true.
rpc_matcher rpc_to(const peer_process& other, rpc_matcher matches);

/// Carries an IDONTWANT for the message of this id.
rpc_matcher has_idontwant(const std::string& id);
/// Carries the message of this id.
rpc_matcher has_message(const std::string& id);
/// Carries a GRAFT.
rpc_matcher has_graft();
/// Carries a PRUNE that offers `offered` with its signed record.
rpc_matcher offers(const peer_process& offered);
/// Carries the control message `extensions`.
rpc_matcher has_extensions();
/// That, with the test extension in it.
rpc_matcher advertises_test();
/// Carries the message of the test extension.
rpc_matcher has_test();

} // namespace grapevine::interop
