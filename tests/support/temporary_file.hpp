#pragma once

#include "tests/support/temporary_folder.hpp"

#include <fstream>
#include <iterator>
#include <string>

namespace grapevine::test {

/// An empty file of a name that nobody else has; gone with this.
class temporary_file {
public:
  temporary_file() : path_{folder_.file("file", "")} {}

  const std::string& path() const { return path_; }

  std::string content() const {
    std::ifstream in{path_, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

private:
  temporary_folder folder_;
  std::string path_;
};

} // namespace grapevine::test
