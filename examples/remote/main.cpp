// An application that embeds no node: it uses one of another process or machine
// through its gateway, publishes the lines that it reads, and prints what
// comes. Either side may end and come back: it attaches again, and says what it
// missed.
//
//     grapevine run --gateway 127.0.0.1:4081
//     remote 127.0.0.1 4081 news
//
// With certificates on both sides, from another machine:
//
//     grapevine run --gateway 0.0.0.0:4081 --gateway-ca root.pem
//       --gateway-certificate node.pem --gateway-key node.key
//     remote node.example 4081 news root.pem me.pem me.key
#include <cstdlib>
#include <grapevine/gateway/attachment.hpp>
#include <grapevine/gateway/network.hpp>
#include <iostream>
#include <optional>
#include <string>

using namespace grapevine;

namespace {

// An actor like any other: that the node is elsewhere makes no difference.
caf::behavior reader() {
  return {
      [](const message_delivered& delivered) {
        if (delivered.missed > 0)
          std::cout << "missed " << delivered.missed << " messages"
                    << std::endl;
        std::cout << as_text(delivered.msg->data()) << std::endl;
      },
      [](const attachment_state& state) {
        if (!state.attached)
          std::cerr << state.trouble << std::endl;
        else if (state.away.count() > 0)
          std::cerr << "attached again after " << state.away.count() << " ms"
                    << std::endl;
        else
          std::cerr << "attached" << std::endl;
      },
  };
}

void publish_lines(caf::actor_system& sys, const attachment_actor& node,
                   const std::string& topic) {
  caf::scoped_actor self{sys};
  for (std::string line; std::getline(std::cin, line);)
    ask(self.ptr(), node, std::chrono::seconds{10},
        publish_message{topic, to_bytes(as_bytes(line))})
        .receive(
            [](const publish_receipt& receipt) {
              std::cerr << "went to " << receipt.peers << " peers" << std::endl;
            },
            [](const caf::error& why) {
              std::cerr << "not published: " << reason_of(why) << std::endl;
            });
}

int run(const std::string& host, std::uint16_t port, const std::string& topic,
        const std::optional<network_tls>& tls) {
  if (tls)
    if (const auto problem = problem_of(*tls)) {
      std::cerr << *problem << std::endl;
      return 1;
    }
  caf::actor_system_config cfg;
  use_network(cfg, tls);
  caf::actor_system sys{cfg};
  attachment_options options;
  options.host = host;
  options.port = port;
  const auto node = spawn_attachment(sys, options);
  const auto printer = sys.spawn(reader);
  tell_from_outside(node, watch_attachment{printer});
  tell_from_outside(node, subscribe_topic{topic, printer});
  publish_lines(sys, node, topic);
  caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(printer, caf::exit_reason::user_shutdown);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 7) {
    std::cerr << "usage: remote HOST PORT TOPIC [CA CERTIFICATE KEY]\n";
    return 2;
  }
  std::optional<network_tls> tls;
  if (argc == 7)
    tls = network_tls{argv[4], argv[5], argv[6]};
  return run(argv[1], static_cast<std::uint16_t>(std::atoi(argv[2])), argv[3],
             tls);
}
