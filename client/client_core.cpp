#include "client/client_core.hpp"

#include "actors/context.hpp"
#include "actors/identity_file.hpp"
#include "actors/network_key_file.hpp"
#include "messages/init.hpp"

#include <algorithm>
#include <csignal>
#include <thread>

namespace grapevine {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// What may wait on the way to a queue, however little the queue takes.
constexpr std::size_t messages_on_the_way = 1'024;
constexpr std::size_t bytes_on_the_way = std::size_t{1} << 20;

// How much later than asked for the node may answer that it has stopped.
constexpr std::chrono::milliseconds stop_slack{250};

thread_local int validators_on_stack = 0;

// -- threads ------------------------------------------------------------------

/// Keeps this thread's signals from the threads that are begun meanwhile; not
/// those of faults, which come to the thread that has made one.
class without_signals {
public:
  without_signals() {
    sigset_t all;
    sigfillset(&all);
    for (const int fault :
         {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF})
      sigdelset(&all, fault);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  without_signals(const without_signals&) = delete;
  without_signals& operator=(const without_signals&) = delete;
  ~without_signals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
  sigset_t before_{};
};

// -- settings -----------------------------------------------------------------

// What of a client's functions is called by the node.
judge_function watched(judge_function judge) {
  if (!judge)
    return judge;
  return [judge = std::move(judge)](const gossip::message& msg,
                                    const libp2p::peer_id& source) {
    struct scope {
      scope() { ++validators_on_stack; }
      scope(const scope&) = delete;
      scope& operator=(const scope&) = delete;
      ~scope() { --validators_on_stack; }
    };
    const scope here;
    return judge(msg, source);
  };
}

topic_validation validation_of(client_validation asked) {
  topic_validation result;
  for (auto& judge : asked.functions)
    result.functions.push_back(watched(std::move(judge)));
  result.max_messages = asked.max_messages;
  result.max_size = asked.max_size;
  return result;
}

client_result<loaded_identity> identity_of(const client_options& options) {
  if (options.identity_file.empty()) {
    auto key =
        options.identity ? *options.identity : libp2p::private_key::generate();
    return loaded_identity{.key = std::move(key), .warning = {}};
  }
  if (options.identity)
    return unexpected{client_error{
        node_errc::bad_parameters,
        "there is an identity and the file of one: name one of them"}};
  auto loaded = use_identity(options.identity_file);
  if (!loaded)
    return unexpected{
        client_error{node_errc::bad_parameters, loaded.error().text}};
  return *std::move(loaded);
}

client_result<loaded_network_key> network_of(const client_options& options) {
  if (options.network_key_file.empty())
    return loaded_network_key{};
  auto loaded = load_network_key(options.network_key_file);
  if (!loaded)
    return unexpected{
        client_error{node_errc::bad_parameters, loaded.error().text}};
  return *std::move(loaded);
}

// -- actors -------------------------------------------------------------------

// Asks the node for the client, and ends the subscriptions if the node ends.
caf::behavior caller(caf::event_based_actor* self, const node_actor& node,
                     const std::shared_ptr<client_subscriptions>& all) {
  const auto downs = std::make_shared<down_watch<caf::event_based_actor>>(
      self,
      [all](const caf::actor_addr&, const caf::error&) { all->end_all(); });
  downs->watch(node);
  return {[self, downs](client_call& call) { call.run(self); }};
}

// Puts messages into a queue, for whoever takes them or a function.
caf::behavior queue_feeder(caf::event_based_actor*,
                           const std::shared_ptr<delivery_queue>& queue,
                           const std::weak_ptr<call_source>& calls,
                           const std::string& topic,
                           const std::shared_ptr<spdlog::logger>& log) {
  const auto told = std::make_shared<bool>(false);
  return {[=](messages_delivered& batch) {
    if (queue->push(std::move(batch.msgs)) > 0 && !std::exchange(*told, true))
      log->warn("messages are dropped, as too many wait for the application; "
                "each says how many would have come before it topic=\"{}\"",
                escaped(topic));
    if (const auto source = calls.lock())
      source->wake(source);
  }};
}

caf::behavior event_feeder(caf::event_based_actor*,
                           const std::weak_ptr<event_calls>& calls) {
  return {[calls](node_event& event) {
    const auto source = calls.lock();
    if (!source)
      return;
    source->add(std::move(event));
    source->wake(source);
  }};
}

} // namespace

// -- life ---------------------------------------------------------------------

client_core::actor_system::actor_system()
    : system{[this]() -> caf::actor_system_config& {
        tune_scheduler(config);
        return config;
      }()} {}

client_core::client_core(node_config config, const client_options& options,
                         client_log log)
    : log_{std::move(log)}, stop_deadline_{options.stop_deadline},
      id_{libp2p::peer_id::of(config.identity.public_part())},
      actors_{std::make_unique<actor_system>()}, node_{spawn_node(
                                                     actors_->system,
                                                     std::move(config))},
      subscriptions_{std::make_shared<client_subscriptions>(node_)},
      delivery_{delivery_thread::start()} {
  caller_ = actors_->system.spawn(caller, node_, subscriptions_);
  subscriptions_->use(caller_);
}

client_result<std::unique_ptr<client_core>>
client_core::start(client_options options) {
  init_global_meta_objects();
  init_message_types<caf::id_block::grapevine_client>();
  auto who = identity_of(options);
  if (!who)
    return unexpected{who.error()};
  const auto network = network_of(options);
  if (!network)
    return unexpected{network.error()};
  auto log = make_client_log(options);
  for (const auto& warning : {who->warning, network->warning})
    if (!warning.empty())
      log.logger->warn("{}", warning);
  node_config config{who->key, static_cast<const node_settings&>(options)};
  config.lock = who->lock;
  config.network_key = network->key;
  config.log = log.logger;
  for (auto& [topic, one] : options.validation)
    config.validation.emplace(topic, validation_of(std::move(one)));
  // On a thread that goes (`enlist` says why); its children have its signals.
  auto core = std::async(std::launch::async, [&] {
                const without_signals here;
                return std::make_unique<client_core>(std::move(config), options,
                                                     std::move(log));
              }).get();
  auto up = core->get<node_started>(start_node{});
  if (!up)
    return unexpected{up.error()};
  core->addresses_ = std::move(up->addresses);
  return core;
}

client_core::~client_core() {
  stop({});
  // Of actors nothing may outlive their system.
  node_ = node_actor{};
  caller_ = caf::actor{};
  if (node_busy_)
    std::thread{[actors = std::move(actors_)]() mutable {
      actors.reset();
    }}.detach();
}

bool client_core::in_validator() noexcept {
  return validators_on_stack > 0;
}

client_error client_core::waits_in_validator() {
  return {node_errc::bad_parameters,
          "a validator cannot wait for the node, which waits for it"};
}

void client_core::end_actor(const caf::actor& one) {
  caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
}

client_error client_core::error_of(const caf::error& why) {
  for (auto code = 1; code <= static_cast<int>(node_errc::in_process_only);
       ++code)
    if (why == static_cast<node_errc>(code))
      return {static_cast<node_errc>(code), reason_of(why)};
  return {node_errc::not_running, reason_of(why)};
}

// -- subscriptions ------------------------------------------------------------

client_result<std::uint64_t> client_core::subscribe(
    const std::string& topic, const std::shared_ptr<delivery_queue>& queue,
    const std::weak_ptr<call_source>& calls, const queue_options& options) {
  delivery_options way;
  way.max_messages = std::max(options.max_messages, messages_on_the_way);
  way.max_bytes = std::max(options.max_bytes, bytes_on_the_way);
  way.when_full = options.when_full;
  way.own_messages = options.own_messages;
  auto feeder = enlist(
      [=, log = log_.logger](caf::actor_system& sys) -> caf::actor {
        return sys.spawn(queue_feeder, queue, calls, topic, log);
      },
      [=](const caf::actor& who) {
        return subscribe_topic{topic, who, true, way};
      });
  if (!feeder)
    return unexpected{feeder.error()};
  return subscriptions_->add({*std::move(feeder), topic, queue});
}

client_result<message_queue>
client_core::subscribe(const std::string& topic, const queue_options& options) {
  auto queue = std::make_shared<delivery_queue>(options);
  const auto id = subscribe(topic, queue, {}, options);
  if (!id)
    return unexpected{id.error()};
  return message_queue{std::move(queue), subscriptions_, *id};
}

client_result<callback_handle>
client_core::subscribe(const std::string& topic, message_calls::function call,
                       const queue_options& options) {
  if (!call)
    return unexpected{
        client_error{node_errc::bad_parameters, "the function is empty"}};
  const auto queue = std::make_shared<delivery_queue>(options);
  auto calls = std::make_shared<message_calls>(delivery_, queue,
                                               std::move(call), log_.logger);
  const auto id = subscribe(topic, queue, calls, options);
  if (!id)
    return unexpected{id.error()};
  return callback_handle{std::move(calls), subscriptions_, *id};
}

client_result<callback_handle> client_core::watch(event_calls::function call) {
  if (!call)
    return unexpected{
        client_error{node_errc::bad_parameters, "the function is empty"}};
  auto calls =
      std::make_shared<event_calls>(delivery_, std::move(call), log_.logger);
  const auto feeder =
      enlist([weak = std::weak_ptr<event_calls>{calls}](caf::actor_system& sys)
                 -> caf::actor { return sys.spawn(event_feeder, weak); },
             [](const caf::actor& who) { return watch_node{who}; });
  if (!feeder)
    return unexpected{feeder.error()};
  const auto id = subscriptions_->add({*feeder, {}, nullptr});
  if (!id)
    return unexpected{id.error()};
  return callback_handle{std::move(calls), subscriptions_, *id};
}

client_result<void>
client_core::validate(std::string topic,
                      std::optional<client_validation> validation) {
  set_validation how{std::move(topic), std::nullopt};
  if (validation)
    how.validation = validation_of(*std::move(validation));
  return change(std::move(how));
}

// -- the end ------------------------------------------------------------------

client_result<void> client_core::stop(std::optional<milliseconds> deadline) {
  if (stopping_.exchange(true)) {
    // Who stops it may wait for the call that this is made in.
    if (delivery_->is_current())
      return {};
    std::unique_lock lock{stop_mutex_};
    stopped_.wait(lock, [this] { return outcome_.has_value(); });
    return *outcome_;
  }
  auto result = stop_now(
      std::clamp(deadline.value_or(stop_deadline_), 0ms, longest_wait));
  const std::lock_guard lock{stop_mutex_};
  outcome_ = result;
  stopped_.notify_all();
  return result;
}

client_result<void> client_core::stop_now(milliseconds deadline) {
  const auto until = clock::now() + deadline;
  const bool calls_over = delivery_->stop(until);
  node_busy_ = !stop_node_by(until);
  subscriptions_->end_all();
  end_actor(caller_);
  client_result<void> result;
  if (node_busy_ || !calls_over) {
    const client_error why{
        node_errc::still_busy,
        std::string{calls_over ? "a validator" : "a subscription's function"}
            + " has not come back by the deadline"};
    log_.logger->error("{}; it may still run", why.text);
    result = unexpected{why};
  }
  if (log_.sink)
    log_.sink->close();
  return result;
}

// Whether it calls nobody any more.
bool client_core::stop_node_by(clock::time_point deadline) {
  const auto left = std::max(
      0ms, std::chrono::duration_cast<milliseconds>(deadline - clock::now()));
  // Its answer may come a quarter later.
  auto answer = send<node_stopped>(stop_node{left * 3 / 4});
  if (answer.wait_until(deadline + stop_slack) != std::future_status::ready)
    return false;
  const auto done = answer.get();
  return done || done.error().code != node_errc::still_busy;
}

} // namespace grapevine
