#include "gossip/trace/trace_encoder.hpp"

#include "proto/trace.pb.h"
#include "proto/varint.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <vector>

namespace grapevine::gossip {

namespace {

// -- events as protobuf -------------------------------------------------------

std::string bytes_of(const libp2p::peer_id& id) {
  return std::string{as_text(id.view())};
}

void fill(const trace::rpc_meta& meta, pb::TraceEvent::RPCMeta& out) {
  for (const auto& one : meta.messages) {
    auto& msg = *out.add_messages();
    msg.set_messageid(one.id);
    msg.set_topic(one.topic);
  }
  for (const auto& one : meta.subscriptions) {
    auto& change = *out.add_subscription();
    change.set_subscribe(one.subscribe);
    change.set_topic(one.topic);
  }
  if (meta.control.empty())
    return;
  auto& ctrl = *out.mutable_control();
  for (const auto& one : meta.control.ihaves) {
    auto& have = *ctrl.add_ihave();
    have.set_topic(one.topic);
    have.mutable_messageids()->Assign(one.ids.begin(), one.ids.end());
  }
  if (const auto& ids = meta.control.iwant; !ids.empty())
    ctrl.add_iwant()->mutable_messageids()->Assign(ids.begin(), ids.end());
  for (const auto& topic : meta.control.grafts)
    ctrl.add_graft()->set_topic(topic);
  for (const auto& one : meta.control.prunes) {
    auto& prune = *ctrl.add_prune();
    prune.set_topic(one.topic);
    for (const auto& peer : one.peers)
      prune.add_peers(peer.id);
  }
  if (const auto& ids = meta.control.idontwant; !ids.empty())
    ctrl.add_idontwant()->mutable_messageids()->Assign(ids.begin(), ids.end());
}

// Sets the type, and the field that goes with it.
struct event_writer {
  pb::TraceEvent& out;

  void operator()(const trace::published& e) const {
    out.set_type(pb::TraceEvent::PUBLISH_MESSAGE);
    auto& to = *out.mutable_publishmessage();
    to.set_messageid(std::string{e.id.raw()});
    to.set_topic(e.topic);
  }

  void operator()(const trace::rejected& e) const {
    out.set_type(pb::TraceEvent::REJECT_MESSAGE);
    auto& to = *out.mutable_rejectmessage();
    to.set_messageid(std::string{e.id.raw()});
    to.set_receivedfrom(bytes_of(e.from));
    to.set_reason(e.reason);
    to.set_topic(e.topic);
  }

  void operator()(const trace::duplicate& e) const {
    out.set_type(pb::TraceEvent::DUPLICATE_MESSAGE);
    auto& to = *out.mutable_duplicatemessage();
    to.set_messageid(std::string{e.id.raw()});
    to.set_receivedfrom(bytes_of(e.from));
    to.set_topic(e.topic);
  }

  void operator()(const trace::delivered& e) const {
    out.set_type(pb::TraceEvent::DELIVER_MESSAGE);
    auto& to = *out.mutable_delivermessage();
    to.set_messageid(std::string{e.id.raw()});
    to.set_topic(e.topic);
    to.set_receivedfrom(bytes_of(e.from));
  }

  void operator()(const trace::stream_opened& e) const {
    out.set_type(pb::TraceEvent::ON_NEW_OUTBOUND_STREAM);
    auto& to = *out.mutable_onnewoutboundstream();
    to.set_peerid(bytes_of(e.peer));
    to.set_proto(e.protocol);
  }

  void operator()(const trace::stream_closed& e) const {
    out.set_type(pb::TraceEvent::ON_CLOSED_OUTBOUND_STREAM);
    out.mutable_onclosedoutboundstream()->set_peerid(bytes_of(e.peer));
  }

  void operator()(const trace::rpc_received& e) const {
    out.set_type(pb::TraceEvent::RECV_RPC);
    out.mutable_recvrpc()->set_receivedfrom(bytes_of(e.from));
    fill(e.meta, *out.mutable_recvrpc()->mutable_meta());
  }

  void operator()(const trace::rpc_sent& e) const {
    out.set_type(pb::TraceEvent::SEND_RPC);
    out.mutable_sendrpc()->set_sendto(bytes_of(e.to));
    fill(e.meta, *out.mutable_sendrpc()->mutable_meta());
  }

  void operator()(const trace::rpc_dropped& e) const {
    out.set_type(pb::TraceEvent::DROP_RPC);
    out.mutable_droprpc()->set_sendto(bytes_of(e.to));
    fill(e.meta, *out.mutable_droprpc()->mutable_meta());
  }

  void operator()(const trace::joined& e) const {
    out.set_type(pb::TraceEvent::JOIN);
    out.mutable_join()->set_topic(e.topic);
  }

  void operator()(const trace::left& e) const {
    out.set_type(pb::TraceEvent::LEAVE);
    out.mutable_leave()->set_topic(e.topic);
  }

  void operator()(const trace::grafted& e) const {
    out.set_type(pb::TraceEvent::GRAFT);
    out.mutable_graft()->set_peerid(bytes_of(e.peer));
    out.mutable_graft()->set_topic(e.topic);
  }

  void operator()(const trace::pruned& e) const {
    out.set_type(pb::TraceEvent::PRUNE);
    out.mutable_prune()->set_peerid(bytes_of(e.peer));
    out.mutable_prune()->set_topic(e.topic);
  }
};

// -- protobuf as JSON ---------------------------------------------------------

// protobuf's own JSON is not go's: there an int64 is a text, and names of enums
// and bytes that are not UTF-8 are handled differently.

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using nlohmann::ordered_json;

std::string base64(const std::string& data) {
  // EVP writes a zero behind the text.
  std::string out((data.size() + 2) / 3 * 4 + 1, '\0');
  ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                    as_bytes(data).data(), static_cast<int>(data.size()));
  out.pop_back();
  return out;
}

ordered_json json_of(const Message& msg);

std::string text_of(const std::string& value, const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_BYTES ? base64(value) : value;
}

ordered_json json_of(const Message& msg, const Reflection& access,
                     const FieldDescriptor& field) {
  switch (field.cpp_type()) {
  case FieldDescriptor::CPPTYPE_ENUM:
    return access.GetEnumValue(msg, &field);
  case FieldDescriptor::CPPTYPE_INT64:
    return access.GetInt64(msg, &field);
  case FieldDescriptor::CPPTYPE_BOOL:
    return access.GetBool(msg, &field);
  case FieldDescriptor::CPPTYPE_STRING:
    return text_of(access.GetString(msg, &field), field);
  case FieldDescriptor::CPPTYPE_MESSAGE:
    return json_of(access.GetMessage(msg, &field));
  default:
    // No other type is in the schema.
    return nullptr;
  }
}

ordered_json json_of_all(const Message& msg, const Reflection& access,
                         const FieldDescriptor& field) {
  auto result = ordered_json::array();
  const int count = access.FieldSize(msg, &field);
  for (int i = 0; i < count; ++i)
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      result.push_back(json_of(access.GetRepeatedMessage(msg, &field, i)));
    else
      result.push_back(
          text_of(access.GetRepeatedString(msg, &field, i), field));
  return result;
}

// The fields that are set, in the schema's order, under its names.
ordered_json json_of(const Message& msg) {
  const auto& access = *msg.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  access.ListFields(msg, &fields);
  auto result = ordered_json::object();
  for (const auto* field : fields)
    result[field->name()] = field->is_repeated()
                                ? json_of_all(msg, access, *field)
                                : json_of(msg, access, *field);
  return result;
}

} // namespace

trace_encoder::trace_encoder(const libp2p::peer_id& self, trace_format format)
    : self_{bytes_of(self)}, format_{format},
      scratch_{std::make_unique<pb::TraceEvent>()} {}

trace_encoder::~trace_encoder() = default;
trace_encoder::trace_encoder(trace_encoder&&) noexcept = default;
trace_encoder& trace_encoder::operator=(trace_encoder&&) noexcept = default;

void trace_encoder::append(const trace_event& event, std::string& out) {
  scratch_->Clear();
  scratch_->set_peerid(self_);
  scratch_->set_timestamp(event.when.time_since_epoch().count());
  std::visit(event_writer{*scratch_}, event.what);
  if (format_ == trace_format::json)
    append_json(out);
  else
    append_protobuf(out);
}

void trace_encoder::append_json(std::string& out) const {
  out += json_of(*scratch_).dump(-1, ' ', false,
                                 ordered_json::error_handler_t::replace);
  out += '\n';
}

void trace_encoder::append_protobuf(std::string& out) const {
  bytes length;
  append_varint(length, scratch_->ByteSizeLong());
  out += as_text(length);
  scratch_->AppendPartialToString(&out);
}

} // namespace grapevine::gossip
