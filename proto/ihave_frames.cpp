#include "proto/ihave_frames.hpp"

#include "proto/rpc.hpp"
#include "proto/wire_writer.hpp"

#include <algorithm>
#include <functional>

namespace grapevine::proto {

namespace {

/// Numbers of fields in the schema: of an RPC, of its control, of an IHAVE.
constexpr unsigned control_field = 3;
constexpr unsigned ihave_field = 1;
constexpr unsigned topic_field = 1;
constexpr unsigned id_field = 2;

/// Whether an RPC with so many bytes of control is a frame that may be sent.
bool fits(std::size_t control, std::size_t max_size) noexcept {
  const std::size_t rpc = field_size(control);
  return varint_size(rpc) + rpc <= std::min(max_size, control_frame_size);
}

bytes frame_of(bytes_view control) {
  const std::size_t rpc = field_size(control.size());
  bytes frame;
  frame.reserve(varint_size(rpc) + rpc);
  append_varint(frame, rpc);
  append_field(frame, control_field, control);
  return frame;
}

} // namespace

std::size_t encode_ihaves(std::string_view topic,
                          std::span<const std::string> ids,
                          std::size_t most_ids, std::size_t max_size,
                          std::vector<ihave_entry>& out) {
  bytes body;
  append_field(body, topic_field, as_bytes(topic));
  const std::size_t empty = body.size();
  std::size_t count = 0;
  std::size_t dropped = 0;
  const auto end_entry = [&] {
    if (count > 0)
      append_field(out.emplace_back(ihave_entry{{}, count}).encoded,
                   ihave_field, body);
    body.resize(empty);
    count = 0;
  };
  for (const std::string& id : ids) {
    const std::size_t size = field_size(id.size());
    if (!fits(field_size(empty + size), max_size)) {
      ++dropped;
      continue;
    }
    if (count == most_ids || !fits(field_size(body.size() + size), max_size))
      end_entry();
    append_field(body, id_field, as_bytes(id));
    ++count;
  }
  end_entry();
  return dropped;
}

// The largest first: they fill frames alone, the others share the last ones.
std::vector<bytes> pack_ihaves(std::span<const ihave_entry* const> entries,
                               std::size_t max_size) {
  std::vector<const ihave_entry*> sorted{entries.begin(), entries.end()};
  std::ranges::stable_sort(sorted, std::greater{}, [](const ihave_entry* one) {
    return one->encoded.size();
  });
  std::vector<bytes> frames;
  bytes control;
  const auto end_frame = [&] {
    if (!control.empty())
      frames.push_back(frame_of(control));
    control.clear();
  };
  for (const ihave_entry* one : sorted) {
    if (!fits(control.size() + one->encoded.size(), max_size))
      end_frame();
    append(control, one->encoded);
  }
  end_frame();
  return frames;
}

} // namespace grapevine::proto
