#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace grapevine::test {

/// A file of a name that nobody else has; gone with this.
class temporary_file {
public:
  temporary_file()
      : path_{(std::filesystem::temp_directory_path() / "grapevine-XXXXXX")
                  .string()} {
    const int fd = ::mkstemp(path_.data());
    if (fd < 0)
      throw std::runtime_error{"no temporary file"};
    ::close(fd);
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  const std::string& path() const { return path_; }

  std::string content() const {
    std::ifstream in{path_, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

private:
  std::string path_;
};

} // namespace grapevine::test
