#include "app/console/text_width.hpp"

#include <algorithm>
#include <clocale>
#include <cwchar>

namespace grapevine::app {

namespace {

// The library knows how wide characters are, but only for a thread that speaks
// UTF-8, whatever the user's language is.
class utf8_thread {
public:
  utf8_thread() {
    static const locale_t utf8 =
        ::newlocale(LC_CTYPE_MASK, "C.UTF-8", locale_t{});
    if (utf8 != locale_t{})
      before_ = ::uselocale(utf8);
  }
  utf8_thread(const utf8_thread&) = delete;
  utf8_thread& operator=(const utf8_thread&) = delete;
  ~utf8_thread() {
    if (before_ != locale_t{})
      ::uselocale(before_);
  }

private:
  locale_t before_{};
};

struct glyph {
  std::size_t bytes = 1;
  std::size_t columns = 1;
};

glyph first_glyph(std::string_view text) {
  wchar_t code = 0;
  std::mbstate_t state{};
  const auto bytes = std::mbrtowc(&code, text.data(), text.size(), &state);
  if (bytes == 0 || bytes > text.size())
    return {}; // no character
  return {bytes, static_cast<std::size_t>(std::max(::wcwidth(code), 0))};
}

// The bytes of the characters that fit, and their columns.
glyph fitting(std::string_view text, std::size_t width) {
  const utf8_thread speaks;
  glyph all{0, 0};
  while (all.bytes < text.size()) {
    const auto next = first_glyph(text.substr(all.bytes));
    if (all.columns + next.columns > width)
      break;
    all.bytes += next.bytes;
    all.columns += next.columns;
  }
  return all;
}

} // namespace

std::size_t text_width(std::string_view text) {
  return fitting(text, std::string_view::npos).columns;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  if (fitting(text, width).bytes == text.size())
    return std::string{text};
  if (width == 0)
    return {};
  return std::string{text.substr(0, fitting(text, width - 1).bytes)} + "…";
}

} // namespace grapevine::app
