#include "gossip/message/message.hpp"

namespace grapevine::gossip {

namespace {

/// `view`, whose fields lie in `view.encoded`, over a copy of those bytes at
/// `copy`.
proto::message_view rebased(const proto::message_view& view,
                            const std::uint8_t* copy) {
  const auto moved = [&](bytes_view field) {
    return bytes_view{copy + (field.data() - view.encoded.data()),
                      field.size()};
  };
  proto::message_view result = view;
  result.encoded = moved(view.encoded);
  for (auto* field : {&result.from, &result.data, &result.seqno,
                      &result.signature, &result.key})
    if (*field)
      *field = moved(**field);
  if (view.has_topic)
    result.topic = as_text(moved(as_bytes(view.topic)));
  return result;
}

libp2p::peer_id author_of(const proto::message_view& fields) {
  if (fields.from)
    if (auto author = libp2p::peer_id::from_bytes(*fields.from))
      return *author;
  return {};
}

} // namespace

message::message(key, bytes frame, const proto::message_view& fields,
                 message_id id)
    : frame_{std::move(frame)}, fields_{fields}, id_{std::move(id)},
      author_{author_of(fields)} {}

message_ptr message::copy_of(const proto::message_view& view, message_id id) {
  const std::size_t size = view.encoded.size();
  bytes frame;
  frame.reserve(proto::message_header_size(size) + size);
  proto::append_message_header(frame, size);
  const std::size_t header_size = frame.size();
  append(frame, view.encoded);
  const auto fields = rebased(view, frame.data() + header_size);
  return std::make_shared<const message>(key{}, std::move(frame), fields,
                                         std::move(id));
}

message_ptr message::from_frame(bytes frame, std::size_t header_size,
                                const message_id_function& id_of) {
  const auto fields =
      proto::decode_message(bytes_view{frame}.subspan(header_size));
  if (!fields)
    return nullptr;
  message_id id{id_of(*fields)};
  return std::make_shared<const message>(key{}, std::move(frame), *fields,
                                         std::move(id));
}

} // namespace grapevine::gossip
