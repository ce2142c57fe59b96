#include "gateway/gateway.hpp"
#include "messages/packing.hpp"

namespace grapevine {

namespace packing {

template <>
struct fields_of<gateway_hello> {
  static void each(auto&& f, auto&) { f(); }
};

template <>
struct fields_of<gateway_rights> {
  static void each(auto&& f, auto& x) {
    f(x.read, x.publish, x.inspect, x.validate, x.admin);
  }
};

template <>
struct fields_of<gateway_welcome> {
  static void each(auto&& f, auto& x) { f(x.rights, x.lease); }
};

} // namespace packing

// NOLINTBEGIN(bugprone-macro-parentheses): it is a type
#define GRAPEVINE_PACKED(name)                                                 \
  template void pack(const name&, std::string&);                               \
  template bool unpack(std::string_view, name&);
GRAPEVINE_GATEWAY_MESSAGES(GRAPEVINE_PACKED)
#undef GRAPEVINE_PACKED
// NOLINTEND(bugprone-macro-parentheses)

} // namespace grapevine
