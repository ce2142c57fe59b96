#include "messages/api_fields.hpp"

#include <string>
#include <string_view>

namespace grapevine {

namespace {

// Each byte string begins with it, so that other versions are told apart.
constexpr char format = 1;

} // namespace

template <class T>
void pack(const T& value, std::string& out) {
  out.push_back(format);
  packing::sink{out}.put(value);
}

template <class T>
bool unpack(std::string_view packed, T& value) {
  if (!packed.starts_with(format))
    return false;
  packing::source in{packed.substr(1)};
  in.get(value);
  return in.finished();
}

#define GRAPEVINE_PACKED(name)                                                 \
  template void pack(const name&, std::string&);                               \
  template bool unpack(std::string_view, name&);
GRAPEVINE_API_MESSAGES(GRAPEVINE_PACKED)
#undef GRAPEVINE_PACKED

} // namespace grapevine
