// Runs a fuzz target over the files of the folders that are given, without
// libFuzzer: a build with any compiler can check what fuzzing has found.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace {

// Allocated to the byte, so that AddressSanitizer notices a read past its end.
void replay(const std::vector<char>& input) {
  const std::vector<std::uint8_t> exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

} // namespace

int main(int argc, char** argv) try {
  std::size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator{argv[i]}) {
      std::ifstream file{entry.path(), std::ios::binary};
      const std::vector<char> input{std::istreambuf_iterator<char>{file}, {}};
      if (!file) {
        std::fprintf(stderr, "cannot read %s\n", entry.path().c_str());
        return 1;
      }
      // Said before, not after: if this input crashes, it is the last line.
      std::printf("%s\n", entry.path().c_str());
      std::fflush(stdout);
      replay(input);
      ++count;
    }
  }
  replay({});
  std::printf("%zu passed, 0 failed\n", count + 1);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
