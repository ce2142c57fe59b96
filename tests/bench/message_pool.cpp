#include "tests/bench/message_pool.hpp"

#include "gossip/message/seqno.hpp"

#include <array>
#include <cstring>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace grapevine::bench {

namespace {

// As many as a receiver can keep books about.
constexpr std::size_t unlimited = std::numeric_limits<std::uint32_t>::max();

constexpr std::uint8_t filler = 0x5A;

gossip::message_ptr sample_message(const bench_case& what,
                                   const std::string& name,
                                   const gossip::message_signer* signer) {
  const bytes data(what.size, filler);
  gossip::message_fields fields;
  fields.topic = name;
  fields.data = data;
  if (signer != nullptr)
    fields.seqno = 0;
  return gossip::build_message(fields, signer, gossip::default_message_id);
}

std::size_t offset_in(const bytes& frame, bytes_view part) {
  return static_cast<std::size_t>(part.data() - frame.data());
}

bytes read_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

/// Whole or not at all, however many do it at once.
void write_file(const std::filesystem::path& path, const bytes& content) {
  std::filesystem::create_directories(path.parent_path());
  auto unfinished = path;
  unfinished += "." + std::to_string(::getpid());
  std::ofstream{unfinished, std::ios::binary} << as_text(content);
  std::filesystem::rename(unfinished, path);
}

} // namespace

libp2p::private_key numbered_key(std::uint32_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(static_cast<std::uint8_t>(number));
  std::memcpy(seed.data(), &number, sizeof(number));
  return libp2p::private_key::ed25519_from_seed(seed);
}

message_pool::form::form(const gossip::message_ptr& sample)
    : frame{sample->frame()} {
  const auto& fields = sample->fields();
  const auto& whole = sample->frame();
  message = offset_in(whole, fields.encoded);
  number = offset_in(whole, *fields.data);
  if (fields.seqno)
    seqno = offset_in(whole, *fields.seqno);
  if (fields.signature)
    signature = offset_in(whole, *fields.signature);
}

/// Writes the number into a frame of this form.
void message_pool::form::set_number(bytes& into, std::uint32_t value) const {
  std::memcpy(into.data() + number, &value, sizeof(value));
  if (seqno == 0)
    return;
  for (std::size_t i = 0; i < 8; ++i)
    into[seqno + i] =
        static_cast<std::uint8_t>(std::uint64_t{value} >> (8 * (7 - i)));
}

message_pool::message_pool(const bench_case& what, std::size_t count,
                           const std::filesystem::path& cache)
    : data_size_{what.size}, count_{what.is_signed() ? count : unlimited} {
  const gossip::message_signer signer{numbered_key(what.publisher)};
  for (std::size_t i = 0; i < what.topics; ++i)
    forms_.emplace_back(sample_message(what, topic_name(what.first_topic + i),
                                       what.is_signed() ? &signer : nullptr));
  if (!what.is_signed())
    return;
  const auto file = cache / cache_name();
  signatures_ = read_file(file);
  const auto made = signatures_.size() / signature_size;
  if (made >= count)
    return;
  signatures_.resize(count * signature_size);
  sign_all(made, signer);
  write_file(file, signatures_);
}

/// Signatures fit only messages of the same form: its hash is in the name.
std::string message_pool::cache_name() const {
  return "signatures-" + std::to_string(data_size_) + '-'
         + std::to_string(forms_.size()) + '-'
         + std::to_string(
             std::hash<std::string_view>{}(as_text(forms_.front().frame)));
}

void message_pool::sign_all(std::size_t first,
                            const gossip::message_signer& signer) {
  const std::size_t workers = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::jthread> threads;
  for (std::size_t worker = 0; worker < workers; ++worker)
    threads.emplace_back([this, first, worker, workers, &signer] {
      for (auto i = first + worker; i < count_; i += workers)
        sign(static_cast<std::uint32_t>(i), signer);
    });
}

void message_pool::sign(std::uint32_t number,
                        const gossip::message_signer& signer) {
  const auto& its = form_of(number);
  auto frame = its.frame;
  its.set_number(frame, number);
  const auto msg =
      proto::decode_message(bytes_view{frame}.subspan(its.message));
  if (!msg)
    throw std::logic_error{"a message of ours is malformed"};
  const auto signature = signer.sign(*msg);
  std::memcpy(signatures_.data() + number * signature_size, signature.data(),
              signature_size);
}

shared_bytes message_pool::frame(std::uint32_t number) const {
  const auto& its = form_of(number);
  auto result = std::make_shared<bytes>(its.frame);
  its.set_number(*result, number);
  if (!signatures_.empty())
    std::memcpy(result->data() + its.signature,
                signatures_.data() + number * signature_size, signature_size);
  return result;
}

} // namespace grapevine::bench
