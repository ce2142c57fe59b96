#include "app/http/handlers.hpp"
#include "app/http/websocket.hpp"
#include "gossip/limits.hpp"

#include <optional>
#include <string>
#include <utility>

// What is answered with a stream.

namespace grapevine::app::http {

namespace {

// What a client can take; nothing: none of them.
std::optional<stream_form> form_of(const request& asked) {
  const auto& accept = asked.accept;
  const auto takes = [&accept](std::string_view type) {
    return accept.find(type) != std::string::npos;
  };
  if (asked.websocket)
    return stream_form::websocket;
  if (takes("application/x-ndjson"))
    return stream_form::ndjson;
  if (accept.empty() || takes("text/event-stream") || takes("*/*")
      || takes("text/*"))
    return stream_form::events;
  return std::nullopt;
}

// Why a client who wants a WebSocket gets none.
std::optional<response> objection(const websocket_wish& wish) {
  constexpr std::string_view version = "13";
  if (wish.version == version && is_websocket_key(wish.key))
    return std::nullopt;
  if (wish.version == version)
    return problem(400, "Sec-WebSocket-Key must be 16 bytes in Base64");
  auto answer = problem(400, "of WebSocket's versions only 13 is spoken here");
  answer.headers.emplace_back("Sec-WebSocket-Version", version);
  return answer;
}

// The answer comes when nothing that happens from then on is missing.
void answer_stream(const call_ptr& asked, stream_subject subject) {
  if (const auto& wish = asked->asked.websocket)
    if (const auto found = objection(*wish))
      return asked->answer(*found);
  const auto form = form_of(asked->asked);
  if (!form)
    return asked->answer(problem(406, "this stream is there as "
                                      "text/event-stream, "
                                      "application/x-ndjson or WebSocket"));
  if (asked->asked.method == "HEAD")
    return asked->begin_stream(*form, {});
  ask(asked->self, asked->server, node_patience,
      join_stream{std::move(subject), *form, connection_actor{asked->self}})
      .then(
          [asked, form = *form](const stream_joined& joined) {
            asked->begin_stream(form, joined.source);
          },
          [asked](const caf::error& why) { answer_failure(*asked, why); });
}

} // namespace

std::optional<std::string> topic_of(const call& asked) {
  auto topic = asked.where.value("topic");
  if (!topic || topic->empty())
    asked.answer(problem(400, "say which topic: ?topic=NAME"));
  return topic && !topic->empty() ? topic : std::nullopt;
}

void answer_subscribe(const api_options& o, const call_ptr& asked) {
  const auto topic = topic_of(*asked);
  if (!topic)
    return;
  if (constexpr auto most = gossip::mesh_limits{}.topic_size;
      topic->size() > most)
    return asked->answer(problem(400, "a topic's name has at most "
                                          + std::to_string(most) + " bytes"));
  if (!o.filter.allows(*topic))
    return asked->answer(problem(400, "the topic is in neither --allow-topic "
                                      "nor --allow-topic-pattern"));
  answer_stream(asked, topic);
}

void answer_events(const api_options&, const call_ptr& asked) {
  answer_stream(asked, std::nullopt);
}

} // namespace grapevine::app::http
