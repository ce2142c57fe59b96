// What a gateway and an attachment unpack of each other: the bytes are tried as
// each message that there is. Whatever is one can be packed, and comes back as
// it was.
#include "gateway/gateway.hpp"
#include "messages/api_inspect.hpp"

#include <cstdint>
#include <cstdlib>

using namespace grapevine;

namespace {

void require(bool condition) {
  if (!condition)
    std::abort();
}

template <class T>
void comes_back(std::string_view input) {
  T read{};
  if (!unpack(input, read))
    return;
  std::string packed;
  pack(read, packed);
  T again{};
  require(unpack(packed, again));
  std::string packed_again;
  pack(again, packed_again);
  require(packed_again == packed);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto input = as_text(bytes_view{data, size});
#define GRAPEVINE_COMES_BACK(name) comes_back<name>(input);
  GRAPEVINE_API_MESSAGES(GRAPEVINE_COMES_BACK)
  GRAPEVINE_GATEWAY_MESSAGES(GRAPEVINE_COMES_BACK)
#undef GRAPEVINE_COMES_BACK
  return 0;
}
