#pragma once

#include "app/options/log_format.hpp"
#include "gossip/cache/seen_cache.hpp"
#include "gossip/message/signing.hpp"
#include "gossip/trace/trace_encoder.hpp"
#include "libp2p/address/multiaddr.hpp"
#include "libp2p/identity/keys.hpp"
#include "proto/expected.hpp"

#include <spdlog/common.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace grapevine::app {

/// A number of bytes, written `65536`, `64KiB` or `1MiB`.
struct byte_size {
  std::size_t count = 0;
};

/// A topic's name.
struct topic_name {
  std::string text;
};

/// What an option's text stands for; without a value, what is wrong and what
/// would be right, to be put behind the option and the text.
template <class T>
using parsed = expected<T, std::string>;

/// How the values of one type are read and written. The same on the command
/// line and in configuration files.
template <class T>
struct value_text;

template <>
struct value_text<std::size_t> {
  static parsed<std::size_t> parse(std::string_view text);
  static std::string format(std::size_t value);
};

template <>
struct value_text<double> {
  static parsed<double> parse(std::string_view text);
  static std::string format(double value);
};

/// `on` or `off`, also `true` or `false`.
template <>
struct value_text<bool> {
  static parsed<bool> parse(std::string_view text);
  static std::string format(bool value);
  static std::vector<std::string> choices();
};

/// `700ms`, `1.5s`, `2m`, `1h`; without a unit, seconds.
template <>
struct value_text<std::chrono::milliseconds> {
  static parsed<std::chrono::milliseconds> parse(std::string_view text);
  static std::string format(std::chrono::milliseconds value);
};

/// The same, of whole seconds.
template <>
struct value_text<std::chrono::seconds> {
  static parsed<std::chrono::seconds> parse(std::string_view text);
  static std::string format(std::chrono::seconds value);
};

template <>
struct value_text<byte_size> {
  static parsed<byte_size> parse(std::string_view text);
  static std::string format(byte_size value);
};

template <>
struct value_text<topic_name> {
  static parsed<topic_name> parse(std::string_view text);
  static std::string format(const topic_name& value);
};

template <>
struct value_text<std::filesystem::path> {
  static parsed<std::filesystem::path> parse(std::string_view text);
  static std::string format(const std::filesystem::path& value);
};

template <>
struct value_text<libp2p::multiaddr> {
  static parsed<libp2p::multiaddr> parse(std::string_view text);
  static std::string format(const libp2p::multiaddr& value);
};

template <>
struct value_text<gossip::signing_policy> {
  static parsed<gossip::signing_policy> parse(std::string_view text);
  static std::string format(gossip::signing_policy value);
  static std::vector<std::string> choices();
};

template <>
struct value_text<gossip::trace_format> {
  static parsed<gossip::trace_format> parse(std::string_view text);
  static std::string format(gossip::trace_format value);
  static std::vector<std::string> choices();
};

template <>
struct value_text<gossip::seen_strategy> {
  static parsed<gossip::seen_strategy> parse(std::string_view text);
  static std::string format(gossip::seen_strategy value);
  static std::vector<std::string> choices();
};

template <>
struct value_text<spdlog::level::level_enum> {
  static parsed<spdlog::level::level_enum> parse(std::string_view text);
  static std::string format(spdlog::level::level_enum value);
  static std::vector<std::string> choices();
};

template <>
struct value_text<log_format> {
  static parsed<log_format> parse(std::string_view text);
  static std::string format(log_format value);
  static std::vector<std::string> choices();
};

template <>
struct value_text<libp2p::key_type> {
  static parsed<libp2p::key_type> parse(std::string_view text);
  static std::string format(libp2p::key_type value);
  static std::vector<std::string> choices();
};

} // namespace grapevine::app
