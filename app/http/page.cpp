#include "app/http/page.hpp"

#include "app/http/handlers.hpp"

#include <algorithm>
#include <string>

namespace grapevine::app::http {

namespace {

// The page is its own files alone: whatever a stranger's text might smuggle in
// is not run, shown or sent anywhere.
constexpr std::string_view content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t";
  const auto begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

// The next of a list's elements, which is taken off it.
std::string_view next_element(std::string_view& list, char separator) {
  const auto end = std::min(list.find(separator), list.size());
  const auto element = trimmed(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return element;
}

// As in `q=0.000`.
bool refuses(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto one = next_element(parameters, ';');
    if (one.starts_with("q=") || one.starts_with("Q="))
      return one.find_first_not_of("0.", 2) == std::string_view::npos;
  }
  return false;
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  while (!if_none_match.empty()) {
    auto one = next_element(if_none_match, ',');
    if (one.starts_with("W/"))
      one.remove_prefix(2);
    if (one == tag || one == "*")
      return true;
  }
  return false;
}

} // namespace

const page_file* find_page_file(std::string_view path) {
  const auto all = page_files();
  const auto found = std::ranges::find(all, path, &page_file::path);
  return found == all.end() ? nullptr : &*found;
}

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    auto one = next_element(accept_encoding, ',');
    if (next_element(one, ';') == "gzip")
      return !refuses(one);
  }
  return false;
}

response page_response(const page_file& file, const request& asked) {
  const bool packed = accepts_gzip(asked.accept_encoding);
  // The two are different answers.
  const auto tag = '"' + std::string{file.tag} + (packed ? "-gzip\"" : "\"");
  response answer;
  answer.content_type = file.content_type;
  // Kept, but not used without asking: another version may be running.
  answer.caching = "no-cache";
  answer.headers = {{"ETag", tag},
                    {"Vary", "Accept-Encoding"},
                    {"Content-Security-Policy", std::string{content_policy}},
                    {"Cross-Origin-Resource-Policy", "same-origin"},
                    {"Referrer-Policy", "no-referrer"}};
  if (names_tag(asked.if_none_match, tag)) {
    answer.status = 304;
    return answer;
  }
  if (packed)
    answer.headers.emplace_back("Content-Encoding", "gzip");
  answer.body = packed ? file.packed : file.data;
  return answer;
}

void answer_page(const api_options&, const call_ptr& asked) {
  // It was admitted, so that it is there.
  asked->answer(
      page_response(*find_page_file(asked->where.path), asked->asked));
}

} // namespace grapevine::app::http
