#pragma once

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace grapevine::test {

/// A folder of a name that nobody else has; gone with this, and all in it.
class temporary_folder {
public:
  temporary_folder() {
    auto name =
        (std::filesystem::temp_directory_path() / "grapevine-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error{"no temporary folder"};
    path_ = name;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

  /// Makes a file in it; its path.
  std::string file(std::string_view name, std::string_view content) const {
    const auto path = path_ / name;
    std::ofstream{path, std::ios::binary} << content;
    return path.string();
  }

  /// How many entries it has.
  std::size_t entries() const {
    using iterator = std::filesystem::directory_iterator;
    return static_cast<std::size_t>(std::distance(iterator{path_}, iterator{}));
  }

private:
  std::filesystem::path path_;
};

} // namespace grapevine::test
