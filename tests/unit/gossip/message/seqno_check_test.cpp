#include "gossip/message/seqno.hpp"
#include "gossip/message/seqno_check.hpp"
#include "tests/support/messages.hpp"

#include <catch2/catch.hpp>

using namespace grapevine;
using namespace grapevine::gossip;
using namespace grapevine::test;

namespace {

/// A message with an author and a number, kept.
class numbered {
public:
  numbered(int author, std::uint64_t seqno)
      : author_{sender(author)}, seqno_{encode_seqno(seqno)} {
    view.from = author_.view();
    view.seqno = seqno_;
  }
  numbered(const numbered&) = delete;

  proto::message_view view;

private:
  libp2p::peer_id author_;
  seqno_bytes seqno_;
};

} // namespace

TEST_CASE("seqno_check: an author's numbers must rise",
          "[gossip][seqno_check]") {
  seqno_check check;
  CHECK_FALSE(check.is_old(numbered{1, 5}.view));
  CHECK(check.advance(numbered{1, 5}.view));
  for (const std::uint64_t seqno : {0, 4, 5}) {
    CHECK(check.is_old(numbered{1, seqno}.view));
    CHECK_FALSE(check.advance(numbered{1, seqno}.view));
  }
  CHECK_FALSE(check.is_old(numbered{1, 6}.view));
  CHECK(check.advance(numbered{1, std::uint64_t{1} << 63}.view));
  CHECK(check.is_old(numbered{1, 6}.view));
}

TEST_CASE("seqno_check: authors are apart", "[gossip][seqno_check]") {
  seqno_check check;
  CHECK(check.advance(numbered{1, 5}.view));
  CHECK(check.advance(numbered{2, 0}.view));
  CHECK(check.is_old(numbered{2, 0}.view));
  CHECK_FALSE(check.is_old(numbered{2, 1}.view));
  CHECK(check.size() == 2);
}

TEST_CASE("seqno_check: what has no author or number is let through",
          "[gossip][seqno_check]") {
  seqno_check check;
  CHECK(check.advance(numbered{1, 5}.view));
  const numbered old{1, 1};
  auto bare = old.view;
  SECTION("no author") {
    bare.from.reset();
  }
  SECTION("no number") {
    bare.seqno.reset();
  }
  SECTION("a number of other size") {
    bare.seqno = bare.seqno->first(7);
  }
  CHECK_FALSE(check.is_old(bare));
  CHECK(check.advance(bare));
  CHECK(check.size() == 1);
}

TEST_CASE("seqno_check: too many authors, and the least lately accepted is "
          "forgotten",
          "[gossip][seqno_check]") {
  seqno_check check{2};
  CHECK(check.advance(numbered{1, 5}.view));
  CHECK(check.advance(numbered{2, 5}.view));
  CHECK(check.advance(numbered{1, 6}.view));
  // What is not accepted does not keep an author.
  CHECK_FALSE(check.advance(numbered{2, 5}.view));
  CHECK(check.advance(numbered{3, 5}.view));
  CHECK(check.size() == 2);
  CHECK(check.is_old(numbered{1, 6}.view));
  CHECK_FALSE(check.is_old(numbered{2, 5}.view));
}
