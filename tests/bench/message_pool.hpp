#pragma once

#include "proto/bytes.hpp"
#include "tests/bench/bench_case.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace grapevine::bench {

/// The first topic.
inline constexpr const char* topic = "bench-0";

/// Bytes of a message's data in the micro benchmarks.
inline constexpr std::size_t data_size = 1024;

/// The identity of one of the load's peers; the same number gives the same one.
libp2p::private_key numbered_key(std::uint32_t number);

/// The messages that are published, as frames that are ready to be sent. Each
/// has its number in the first four bytes of its data. Of signed ones only the
/// signatures are held: the rest is the same but for the number.
class message_pool {
public:
  /// Of signed messages there are `count`: their signatures are made now, with
  /// as many threads as there are cores, or read from a file of the folder
  /// `cache`, where those that were missing are kept for the next time.
  /// Unsigned ones are without number.
  message_pool(const bench_case& what, std::size_t count,
               const std::filesystem::path& cache);

  /// How many there are.
  std::size_t size() const noexcept { return count_; }

  /// Bytes of each message's data.
  std::size_t data_size() const noexcept { return data_size_; }

  /// The frame of message `number`, below `size()`.
  shared_bytes frame(std::uint32_t number) const;

private:
  static constexpr std::size_t signature_size = 64;

  /// The frame of a topic's messages, and where in it lies what differs.
  struct form {
    explicit form(const gossip::message_ptr& sample);

    void set_number(bytes& frame, std::uint32_t number) const;

    bytes frame;
    std::size_t message = 0;
    std::size_t number = 0;
    std::size_t seqno = 0;
    std::size_t signature = 0;
  };

  const form& form_of(std::uint32_t number) const {
    return forms_[number % forms_.size()];
  }
  std::string cache_name() const;
  void sign_all(std::size_t first, const gossip::message_signer& signer);
  void sign(std::uint32_t number, const gossip::message_signer& signer);

  std::size_t data_size_;
  std::size_t count_;
  // By topic.
  std::vector<form> forms_;
  // One after the other; empty without signatures.
  bytes signatures_;
};

} // namespace grapevine::bench
