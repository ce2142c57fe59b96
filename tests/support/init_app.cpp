// Before the main function of a test program, which is Catch2's.
#include "app/init.hpp"

namespace {

[[maybe_unused]] const bool done = [] {
  grapevine::app::init_global_meta_objects();
  return true;
}();

} // namespace
