#pragma once

#include <span>
#include <string_view>

namespace grapevine::app::http {

/// A file of the live page, as the program holds it.
struct page_file {
  /// Where it is served.
  std::string_view path;
  std::string_view content_type;
  std::string_view data;
  /// The same, compressed by gzip.
  std::string_view packed;
  /// Changes with the data.
  std::string_view tag;
};

/// All of them, as the build has put them into the program.
std::span<const page_file> page_files();

/// Those that the page of a cluster has of its own.
std::span<const page_file> cluster_page_files();

} // namespace grapevine::app::http
