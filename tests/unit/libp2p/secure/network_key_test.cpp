#include "libp2p/secure/network_key.hpp"
#include "tests/support/errors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace grapevine;
using namespace grapevine::libp2p;

namespace {

// A key of rust-libp2p's tests, and what these say of it.
constexpr auto digits =
    "6189c5cf0b87fb800c1a9feeda73c6ab5e998db48fb9e6a978575c770ceef683";
constexpr auto digits64 = "YYnFzwuH+4AMGp/u2nPGq16ZjbSPueapeFdcdwzu9oM=";
constexpr auto fingerprint = "45fc986bbc9388a11d939df26f730f0c";

std::string file_of(const std::string& encoding, const std::string& key) {
  return "/key/swarm/psk/1.0.0/\n" + encoding + "\n" + key;
}

auto read(const std::string& text) {
  return network_key::from_text(as_bytes(text));
}

network_key known_key() {
  return read(file_of("/base16/", digits)).value();
}

bool is_known(const network_key& key) {
  return std::ranges::equal(key.view(), known_key().view());
}

std::string raw() {
  const auto key = known_key();
  return {key.view().begin(), key.view().end()};
}

} // namespace

TEST_CASE("network key: a file as Kubo and others write it",
          "[libp2p][secure][pnet]") {
  const std::string base16{digits};
  std::string upper = base16;
  std::ranges::transform(upper, upper.begin(), ::toupper);
  const auto text = GENERATE_COPY(
      file_of("/base16/", base16), file_of("/base16/", base16 + "\n"),
      file_of("/base16/", upper), file_of("/base16/", base16 + "\r\n\r\n"),
      file_of("/base64/", digits64),
      file_of("/base64/", digits64 + std::string{"\n"}),
      file_of("/bin/", raw()), file_of("/bin/", raw() + "\n"),
      "/key/swarm/psk/1.0.0/\r\n/base16/\r\n" + base16 + "\r\n");
  const auto key = read(text);
  REQUIRE(key);
  CHECK(is_known(*key));
}

TEST_CASE("network key: what it is written as is read again",
          "[libp2p][secure][pnet]") {
  const auto text = known_key().to_text();
  CHECK(as_text(text.view()) == file_of("/base16/", digits) + "\n");
  CHECK(is_known(network_key::from_text(text.view()).value()));
}

TEST_CASE("network key: what is no key is refused, and why",
          "[libp2p][secure][pnet]") {
  using enum network_key_error;
  struct row {
    std::string text;
    network_key_error why;
  };
  const std::string base16{digits};
  const std::string base64{digits64};
  const auto each = GENERATE_COPY(
      row{"", no_header}, row{base16, no_header},
      row{"/key/swarm/psk/2.0.0/\n/base16/\n" + base16, no_header},
      row{"/key/swarm/psk/1.0.0/", unknown_encoding},
      row{file_of("/base32/", base16), unknown_encoding},
      row{file_of("base16", base16), unknown_encoding},
      row{file_of("/base16/", ""), bad_key},
      row{file_of("/base16/", base16.substr(2)), bad_key},
      row{file_of("/base16/", base16.substr(1)), bad_key},
      row{file_of("/base16/", base16 + "00"), bad_key},
      row{file_of("/base16/", base16 + "0"), bad_key},
      row{file_of("/base16/", base16 + "\n" + base16), bad_key},
      row{file_of("/base16/", "zz" + base16.substr(2)), bad_key},
      row{file_of("/base64/", base64.substr(0, 43)), bad_key},
      row{file_of("/base64/", base64 + base64), bad_key},
      row{file_of("/base64/", base16), bad_key},
      row{file_of("/bin/", raw().substr(1)), bad_key},
      row{file_of("/bin/", raw() + "more"), bad_key});
  CAPTURE(each.text);
  CHECK(error_of(read(each.text)) == each.why);
  CHECK_FALSE(to_string(each.why).empty());
}

TEST_CASE("network key: its fingerprint is the one that others show",
          "[libp2p][secure][pnet]") {
  CHECK(known_key().fingerprint() == fingerprint);
}
