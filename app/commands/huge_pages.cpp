#include "app/commands/huge_pages.hpp"

#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace grapevine::app {

void use_huge_pages() {
  constexpr const char* name = "GLIBC_TUNABLES";
  if (std::getenv(name) != nullptr)
    return;
  std::ifstream in{"/proc/self/cmdline", std::ios::binary};
  std::vector<std::string> arguments;
  for (std::string one; std::getline(in, one, '\0');)
    arguments.push_back(one);
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (auto& one : arguments)
    pointers.push_back(one.data());
  pointers.push_back(nullptr);
  if (pointers.size() > 1 && ::setenv(name, "glibc.malloc.hugetlb=1", 1) == 0)
    ::execv("/proc/self/exe", pointers.data());
}

} // namespace grapevine::app
