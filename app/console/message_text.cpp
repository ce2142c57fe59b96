#include "app/console/message_text.hpp"

#include "app/console/json_text.hpp"
#include "app/console/utf8.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <fmt/format.h>

namespace grapevine::app {

namespace {

// Of the digits there is no need to hide anything.
void append_base64(std::string& out, bytes_view data) {
  const auto begin = out.size();
  // The function writes a zero behind them.
  out.resize(begin + (data.size() + 2) / 3 * 4 + 1);
  ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + begin),
                    data.data(), static_cast<int>(data.size()));
  out.pop_back();
}

void append_hex(std::string& out, bytes_view data) {
  const auto begin = out.size();
  out.resize(begin + data.size() * 2 + 1);
  ::sodium_bin2hex(out.data() + begin, out.size() - begin, data.data(),
                   data.size());
  out.pop_back();
}

} // namespace

std::string to_hex(bytes_view data) {
  std::string text;
  append_hex(text, data);
  return text;
}

std::string to_base64(bytes_view data) {
  std::string text;
  append_base64(text, data);
  return text;
}

std::optional<bytes> from_base64(std::string_view text) {
  bytes data(text.size() / 4 * 3 + 3);
  std::size_t size = 0;
  if (::sodium_base642bin(data.data(), data.size(), text.data(), text.size(),
                          nullptr, &size, nullptr,
                          sodium_base64_VARIANT_ORIGINAL)
      != 0)
    return std::nullopt;
  data.resize(size);
  return data;
}

std::string to_rfc3339(std::chrono::system_clock::time_point when) {
  using namespace std::chrono;
  const auto midnight = floor<days>(when);
  const year_month_day day{midnight};
  const hh_mm_ss time{floor<milliseconds>(when - midnight)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                     static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

std::string to_json(const message_delivered& delivered) {
  std::string line;
  append_json(line, delivered);
  return line;
}

void append_json(std::string& out, const message_delivered& delivered) {
  const auto& msg = *delivered.msg;
  const auto seqno = msg.fields().seqno;
  const auto text = as_text(msg.data());
  out.reserve(out.size() + 512 + msg.topic().size() + text.size() * 5 / 2);
  out += "{\"topic\":";
  append_json_string(out, msg.topic());
  out += ",\"from\":";
  if (msg.author().empty())
    out += "null";
  else
    out.append("\"").append(to_string(msg.author())).append("\"");
  out += ",\"seqno\":";
  if (seqno) {
    out += '"';
    append_hex(out, *seqno);
    out += '"';
  } else {
    out += "null";
  }
  out += ",\"id\":\"";
  append_hex(out, as_bytes(msg.id().raw()));
  out += "\",\"data\":\"";
  append_base64(out, msg.data());
  if (out += '"'; is_utf8(text)) {
    out += ",\"text\":";
    append_json_string(out, text);
  }
  out.append(",\"received\":\"")
      .append(to_rfc3339(delivered.received))
      .append("\"}");
}

} // namespace grapevine::app
