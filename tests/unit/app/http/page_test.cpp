#include "app/http/api.hpp"
#include "app/http/page.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace grapevine::app::http {
namespace {

std::string header(const response& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers)
    if (key == name)
      return value;
  return {};
}

const page_file& root() {
  const auto* found = find_page_file("/");
  REQUIRE(found != nullptr);
  return *found;
}

TEST_CASE("http page: the program has all files that the page names", "[app]") {
  const auto& index = root();
  CHECK(index.content_type == "text/html; charset=utf-8");
  std::set<std::string> named;
  for (const auto& file : page_files()) {
    CHECK_FALSE(file.data.empty());
    for (std::string_view quote : {"\"/assets/", "'./"}) {
      // Of the libraries no one imports another.
      for (auto at = file.data.find(quote); at != std::string_view::npos;
           at = file.data.find(quote, at + 1)) {
        const auto begin = at + quote.size();
        const auto name = file.data.substr(
            begin, file.data.find_first_of("\"'", begin) - begin);
        named.insert("/assets/" + std::string{name});
      }
    }
  }
  CHECK(named.contains("/assets/main.js"));
  CHECK(named.contains("/assets/chart.js"));
  CHECK(named.contains("/assets/mesh_layout.js"));
  for (const auto& path : named) {
    INFO(path);
    CHECK(find_page_file(path) != nullptr);
  }
  CHECK(find_page_file("/assets/licences.txt")->data.find("Mike Bostock")
        != std::string_view::npos);
  CHECK(find_page_file("/assets/") == nullptr);
  CHECK(find_page_file("") == nullptr);
}

TEST_CASE("http page: it can load and ask nothing of others", "[app]") {
  const auto answer = page_response(root(), {});
  CHECK(answer.status == 200);
  CHECK(answer.body == root().data);
  CHECK(answer.caching == "no-cache");
  const auto policy = header(answer, "Content-Security-Policy");
  CHECK(policy.starts_with("default-src 'none'; "));
  for (const auto* unsafe : {"unsafe", "*", "http"})
    CHECK(policy.find(unsafe) == std::string::npos);
  CHECK(header(answer, "Referrer-Policy") == "no-referrer");
}

TEST_CASE("http page: it is compressed for those who understand it", "[app]") {
  for (const auto* taken : {"gzip", "br, gzip", "gzip;q=0.5",
                            "deflate,gzip ; "
                            "q=1.000"}) {
    INFO(taken);
    CHECK(accepts_gzip(taken));
  }
  for (const auto* refused : {"", "identity", "br", "gzip;q=0", "gzip; q=0.00",
                              "gzipped", "x-gzip, *;q=0", ",", ";"}) {
    INFO(refused);
    CHECK_FALSE(accepts_gzip(refused));
  }
  request asked;
  asked.accept_encoding = "gzip";
  const auto answer = page_response(root(), asked);
  CHECK(header(answer, "Content-Encoding") == "gzip");
  CHECK(header(answer, "Vary") == "Accept-Encoding");
  CHECK(answer.body.starts_with("\x1f\x8b"));
  CHECK(answer.body.size() < root().data.size());
}

TEST_CASE("http page: what a client has is not sent again", "[app]") {
  request asked;
  const auto tag = header(page_response(root(), asked), "ETag");
  for (const auto& same :
       {tag, "W/" + tag, "\"other\", " + tag, std::string{"*"}}) {
    INFO(same);
    asked.if_none_match = same;
    const auto answer = page_response(root(), asked);
    CHECK(answer.status == 304);
    CHECK(header(answer, "ETag") == tag);
    const auto wire = to_wire(answer, true, true);
    CHECK(wire.ends_with("\r\n\r\n"));
    CHECK(wire.find("Content-Length") == std::string::npos);
  }
  for (const auto& other : {std::string{}, std::string{"\"other\""},
                            tag.substr(0, tag.size() - 1)}) {
    INFO(other);
    asked.if_none_match = other;
    CHECK(page_response(root(), asked).status == 200);
  }
  // The compressed one is another.
  asked.if_none_match = tag;
  asked.accept_encoding = "gzip";
  CHECK(page_response(root(), asked).status == 200);
  std::set<std::string_view> tags;
  for (const auto& file : page_files())
    tags.insert(file.tag);
  CHECK(tags.size() == page_files().size());
}

TEST_CASE("http page: it is there without a token, and only to be read",
          "[app]") {
  api_options o;
  o.who.token = "0123456789abcdef";
  const api tested{o};
  request head;
  head.host = "localhost";
  for (const auto* path : {"/", "/?a=b", "/assets/main.js"}) {
    INFO(path);
    head.target = path;
    head.method = "GET";
    CHECK_FALSE(tested.admit(head).refusal);
    head.method = "HEAD";
    CHECK_FALSE(tested.admit(head).refusal);
    head.method = "POST";
    CHECK(tested.admit(head).refusal->status == 401);
    head.authorization = "Bearer 0123456789abcdef";
    const auto refused = tested.admit(head).refusal;
    CHECK(refused->status == 405);
    CHECK(header(*refused, "Allow") == "GET, HEAD");
    head.authorization.clear();
  }
  head.method = "GET";
  head.host = "evil.example";
  CHECK(tested.admit(head).refusal->status == 403);
}

} // namespace
} // namespace grapevine::app::http
