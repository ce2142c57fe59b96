#include "app/commands/command_specs.hpp"

#include "app/commands/commands.hpp"
#include "app/commands/completion.hpp"
#include "app/commands/remote_options.hpp"
#include "app/console/output.hpp"
#include "libp2p/address/dial_plan.hpp"

#include <utility>

namespace grapevine::app {

namespace {

using std::chrono::milliseconds;
using std::filesystem::path;

// -- run ----------------------------------------------------------------------

void add_run(CLI::App& to, given_texts& given) {
  given.add_node_options(to, true);
  given.add_flag(to, "--print-config",
                 "Prints what is in force and where it is from, as a file for "
                 "--config, and ends");
  given.add_flag(to, "--config-test",
                 "Checks all that can be checked without running, and ends");
}

outcome<exit_code> act_run(const given_texts& given) {
  auto node = given.node();
  if (!node)
    return unexpected{node.error()};
  return run(
      {*std::move(node), given.has("print-config"), given.has("config-test")});
}

command_spec run_spec() {
  return {"run", "Runs a node until SIGINT or SIGTERM; SIGHUP reloads",
          R"(  grapevine run --topic news
  grapevine run --listen /ip4/127.0.0.1/tcp/0 \
    --peer /dns4/example.org/tcp/4001 --topic news --topic weather
  grapevine run --config /etc/grapevine.toml
  grapevine run --print-config > grapevine.toml
  grapevine run --config grapevine.toml --config-test
On standard output it says, a line for each address:
  listening /ip4/127.0.0.1/tcp/4001/p2p/12D3Koo...)",
          add_run, act_run};
}

// -- sub ----------------------------------------------------------------------

void add_sub(CLI::App& to, given_texts& given) {
  given.add_argument(to, "TOPIC", "Topics to subscribe to")
      ->required()
      ->expected(-1);
  given.add_flag(to, "--json", "Prints a JSON object a line");
  given.add(to, "--count", {option_kind::number},
            "Ends after N messages (default: never)");
  add_via_options(to, given);
  given.add_node_options(to, false);
}

// Of how many it is: nothing for endlessly many.
outcome<std::optional<std::size_t>> count_of(const given_texts& given) {
  auto count = given.value<std::size_t>("count");
  if (count && *count == std::size_t{0})
    return usage_error("--count: \"0\": must be at least 1");
  return count;
}

outcome<exit_code> act_sub(const given_texts& given) {
  if (auto fits = check_via(given); !fits)
    return unexpected{fits.error()};
  const auto count = count_of(given);
  if (!count)
    return unexpected{count.error()};
  for (const auto& topic : given.all("TOPIC"))
    if (const auto valid = value_text<topic_name>::parse(topic); !valid)
      return usage_error("TOPIC: \"" + topic + "\": " + valid.error());
  if (given.has("via")) {
    const auto running = remote_of(given, "via");
    if (!running)
      return unexpected{running.error()};
    return sub_via({*running, given.all("TOPIC"), *count});
  }
  auto node = given.node();
  if (!node)
    return unexpected{node.error()};
  return sub({*std::move(node), given.all("TOPIC"), given.has("json"), *count});
}

command_spec sub_spec() {
  return {"sub", "Prints the messages of topics",
          R"(  grapevine sub news --peer /ip4/127.0.0.1/tcp/4001
  grapevine sub news weather --peer /dns4/example.org/tcp/4001 --json
  grapevine sub news --count 1 --peer /ip4/127.0.0.1/tcp/4001
  grapevine sub news --via 127.0.0.1:4080
Each message is a line: its bytes, or with --json an object with topic, from,
seqno, id, data (base64), text (if it is UTF-8) and received.)",
          add_sub, act_sub};
}

// -- pub ----------------------------------------------------------------------

void add_pub(CLI::App& to, given_texts& given) {
  given.add_argument(to, "TOPIC", "Topic to publish to")->required();
  given.add(to, "--message", {option_kind::text},
            "The message; without it and --file, each line of standard input "
            "is one");
  given.add(to, "--file", {option_kind::path},
            "The file that is the message; - for standard input");
  given.add(to, "--wait", {option_kind::duration},
            "How long to wait for a peer of the topic (default: 10s; with "
            "--via 0s)");
  add_via_options(to, given);
  given.add_node_options(to, false);
}

outcome<exit_code> act_pub_via(const given_texts& given,
                               pub_via_arguments arguments) {
  auto running = remote_of(given, "via");
  if (!running)
    return unexpected{running.error()};
  const auto wait = given.value<milliseconds>("wait", arguments.wait);
  if (!wait)
    return unexpected{wait.error()};
  const auto largest = given.value<byte_size>(
      "max-message-size", byte_size{settings{}.max_rpc_size});
  if (!largest)
    return unexpected{largest.error()};
  arguments.node = *std::move(running);
  arguments.wait = **wait;
  arguments.largest = (*largest)->count;
  return pub_via(arguments);
}

outcome<exit_code> act_pub(const given_texts& given) {
  if (auto fits = check_via(given); !fits)
    return unexpected{fits.error()};
  const auto topic = given.value<topic_name>("TOPIC");
  if (!topic)
    return unexpected{topic.error()};
  const auto file = given.value<path>("file");
  if (!file)
    return unexpected{file.error()};
  const auto wait = given.value<milliseconds>("wait", pub_arguments{}.wait);
  if (!wait)
    return unexpected{wait.error()};
  if (*file && given.has("message"))
    return usage_error("--message and --file exclude each other");
  if (given.has("via"))
    return act_pub_via(given,
                       {{}, (*topic)->text, given.text("message"), *file});
  auto node = given.node();
  if (!node)
    return unexpected{node.error()};
  return pub(
      {*std::move(node), (*topic)->text, given.text("message"), *file, **wait});
}

command_spec pub_spec() {
  return {"pub", "Publishes messages to a topic",
          R"(  grapevine pub news --message hello --peer /ip4/127.0.0.1/tcp/4001
  grapevine pub news --file photo.jpg --peer /ip4/127.0.0.1/tcp/4001
  tail -f log | grapevine pub news --peer /dns4/example.org/tcp/4001
  grapevine pub news --message hello --via 127.0.0.1:4080
For each message it prints the id, in hexadecimal, and the number of peers that
it was sent to. If that is none, it fails.)",
          add_pub, act_pub};
}

// -- keygen and id ------------------------------------------------------------

void add_keygen(CLI::App& to, given_texts& given) {
  given.add(to, "--type",
            {option_kind::choice, value_text<libp2p::key_type>::choices()},
            "Kind of key (default: ed25519)");
  given.add(to, "--out", {option_kind::path},
            "File to write (default: where \"grapevine run\" looks for it)");
}

outcome<exit_code> act_keygen(const given_texts& given) {
  const auto type =
      given.value<libp2p::key_type>("type", keygen_arguments{}.type);
  if (!type)
    return unexpected{type.error()};
  auto out = given.value<path>("out");
  if (!out)
    return unexpected{out.error()};
  return keygen({**type, *std::move(out)});
}

command_spec keygen_spec() {
  return {"keygen", "Makes a key for a node, and prints its peer id",
          R"(  grapevine keygen
  grapevine keygen --type secp256k1 --out identity.key
Only the file's owner may read it. A file is never replaced.)",
          add_keygen, act_keygen};
}

void add_id(CLI::App& to, given_texts& given) {
  given.add(to, "--identity", {option_kind::path},
            "File with the key (default: where \"grapevine run\" keeps it)");
  given.add_flag(to, "--cid", "Prints it as a CID, not in base58");
}

outcome<exit_code> act_id(const given_texts& given) {
  auto file = given.value<path>("identity");
  if (!file)
    return unexpected{file.error()};
  return id({*std::move(file), given.has("cid")});
}

command_spec id_spec() {
  return {"id", "Prints the peer id of a node's key",
          R"(  grapevine id
  grapevine id --identity identity.key --cid)",
          add_id, act_id};
}

// -- swarm-key ----------------------------------------------------------------

void add_swarm_key(CLI::App& to, given_texts& given) {
  given.add(to, "FILE", {option_kind::path}, "File of the key")
      ->type_name("")
      ->required();
  given.add_flag(to, "--show",
                 "Makes no key: prints the fingerprint of the file's");
}

outcome<exit_code> act_swarm_key(const given_texts& given) {
  auto file = given.value<path>("FILE");
  if (!file)
    return unexpected{file.error()};
  return swarm_key({**std::move(file), given.has("show")});
}

command_spec swarm_key_spec() {
  return {"swarm-key",
          "Makes the key of a private network, and prints its fingerprint",
          R"(  grapevine swarm-key swarm.key
  grapevine swarm-key swarm.key --show
  grapevine run --swarm-key swarm.key
Each node of the network has a copy. Only the file's owner may read it. A file
is never replaced. Other implementations read it too, as Kubo does its
swarm.key.)",
          add_swarm_key, act_swarm_key};
}

// -- ping ---------------------------------------------------------------------

void add_ping(CLI::App& to, given_texts& given) {
  given
      .add_argument(to, "ADDR",
                    "Address of the peer; with /p2p/ID it must be that one")
      ->required();
  given.add(to, "--count", {option_kind::number},
            "Ends after N pings (default: never)");
  given.add(to, "--interval", {option_kind::duration},
            "Between two pings (default: 1s)");
  given.add(to, "--timeout", {option_kind::duration},
            "For the connection, and for each answer (default: 10s)");
  given.add(to, "--swarm-key", {option_kind::path},
            "Key of the private network that the peer is in");
}

outcome<exit_code> act_ping(const given_texts& given) {
  const ping_arguments defaults;
  const auto address = given.value<libp2p::multiaddr>("ADDR");
  if (!address)
    return unexpected{address.error()};
  if (const auto plan = libp2p::plan_dial(**address); !plan)
    return usage_error("ADDR: \"" + (*address)->to_text()
                       + "\": " + plan.error());
  const auto count = count_of(given);
  if (!count)
    return unexpected{count.error()};
  const auto interval =
      given.value<milliseconds>("interval", defaults.interval);
  if (!interval)
    return unexpected{interval.error()};
  const auto timeout = given.value<milliseconds>("timeout", defaults.timeout);
  if (!timeout)
    return unexpected{timeout.error()};
  auto swarm_key = given.value<path>("swarm-key");
  if (!swarm_key)
    return unexpected{swarm_key.error()};
  return ping(
      {**address, *std::move(swarm_key), *count, **interval, **timeout});
}

command_spec ping_spec() {
  return {"ping", "Measures round trips to a peer (libp2p ping)",
          R"(  grapevine ping /ip4/127.0.0.1/tcp/4001 --count 3
  grapevine ping /dns4/example.org/tcp/4001/p2p/12D3Koo...)",
          add_ping, act_ping};
}

// -- completion ---------------------------------------------------------------

void add_completion(CLI::App& to, given_texts& given) {
  given
      .add(to, "SHELL", {option_kind::choice, completion_shells()},
           "The shell that is to complete")
      ->required();
}

outcome<exit_code> act_completion(const given_texts& given) {
  const auto shell = given.text("SHELL").value();
  const auto script = completion_script(shell);
  if (!script)
    return usage_error("SHELL: \"" + shell + "\": " + script.error());
  if (auto printed = print_line(*script); !printed)
    return unexpected{printed.error()};
  return success;
}

command_spec completion_spec() {
  return {"completion",
          "Prints the script that completes command lines in a shell",
          R"(  source <(grapevine completion bash)
  source <(grapevine completion zsh)
  grapevine completion fish | source)",
          add_completion, act_completion};
}

} // namespace

std::vector<command_spec> all_commands() {
  std::vector<command_spec> all{run_spec(), sub_spec(), pub_spec()};
  for (auto& one : remote_commands())
    all.push_back(std::move(one));
  for (const auto make : {cluster_spec, sim_spec, keygen_spec, id_spec,
                          swarm_key_spec, ping_spec, completion_spec})
    all.push_back(make());
  return all;
}

} // namespace grapevine::app
