#include "libp2p/secure/tls_link.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>

namespace grapevine::libp2p {

namespace {

tls_link& link_of(BIO* bio) {
  return *static_cast<tls_link*>(BIO_get_data(bio));
}

int read_bio(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  const auto count = link_of(bio).read(to, static_cast<std::size_t>(size));
  if (count > 0)
    return static_cast<int>(count);
  BIO_set_retry_read(bio);
  return -1;
}

int write_bio(BIO* bio, const char* from, int size) {
  // OpenSSL knows no exceptions.
  try {
    link_of(bio).write(
        as_bytes(std::string_view{from, static_cast<std::size_t>(size)}));
    return size;
  } catch (const std::bad_alloc&) {
    return -1;
  }
}

long control_bio(BIO* /*bio*/, int what, long /*number*/, void* /*more*/) {
  return what == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* bytes_method() {
  static const BIO_METHOD* const method = [] {
    auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK,
                              "bytes of a call");
    if (made == nullptr || BIO_meth_set_read(made, read_bio) != 1
        || BIO_meth_set_write(made, write_bio) != 1
        || BIO_meth_set_ctrl(made, control_bio) != 1)
      throw std::bad_alloc{};
    return made;
  }();
  return method;
}

} // namespace

tls_link::tls_link(SSL_CTX* ctx) : ssl_{SSL_new(ctx)} {
  auto* bio = BIO_new(bytes_method());
  if (!ssl_ || bio == nullptr) {
    BIO_free(bio);
    throw std::bad_alloc{};
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
}

std::size_t tls_link::read(char* to, std::size_t size) {
  const auto count = std::min(size, in_->size());
  if (count > allowed_) {
    exceeded_ = true;
    return 0;
  }
  if (allowed_ != unlimited)
    allowed_ -= count;
  if (count > 0)
    std::memcpy(to, in_->data(), count);
  *in_ = in_->subspan(count);
  return count;
}

} // namespace grapevine::libp2p
