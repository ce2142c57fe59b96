// Before the main function of a test program, which is Catch2's.
#include "messages/init.hpp"

namespace {

[[maybe_unused]] const bool done = [] {
  grapevine::init_global_meta_objects();
  return true;
}();

} // namespace
