#include "app/commands/cli.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  try {
    return grapevine::app::run_command_line({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    std::cerr << "grapevine: internal error: " << e.what() << '\n';
    return 1;
  }
}
