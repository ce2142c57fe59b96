#include "app/commands/cli.hpp"
#include "app/console/standard_streams.hpp"
#include "app/init.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  grapevine::app::open_standard_streams();
  grapevine::app::init_global_meta_objects();
  try {
    return grapevine::app::run_command_line({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    std::cerr << "grapevine: internal error: " << e.what() << '\n';
    return 1;
  }
}
