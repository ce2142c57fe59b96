#include "messages/api_fields.hpp"

namespace grapevine {

// NOLINTBEGIN(bugprone-macro-parentheses): it is a type
#define GRAPEVINE_PACKED(name)                                                 \
  template void pack(const name&, std::string&);                               \
  template bool unpack(std::string_view, name&);
GRAPEVINE_API_MESSAGES(GRAPEVINE_PACKED)
#undef GRAPEVINE_PACKED
// NOLINTEND(bugprone-macro-parentheses)

} // namespace grapevine
