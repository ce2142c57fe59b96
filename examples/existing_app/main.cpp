// A CAF application that was there before Grapevine, and gains a node: it has
// its own messages with a block of type ids, its own configuration and its own
// actors. What is new stands between the two lines below, but for the includes
// and one line in its configuration.
//
//     existing_app
//
// A shop's warehouse takes orders. Until now they came from actors of its own;
// from now on, also from whoever publishes to the topic "orders".
#include <caf/all.hpp>

#include <cstdlib>
#include <grapevine/actors/node_handle.hpp>
#include <grapevine/messages/init.hpp>
#include <iostream>
#include <string>
#include <utility>

// -- the application as it was ------------------------------------------------

struct order {
  std::string item;
  int count = 0;
};

template <class Inspector>
auto inspect(Inspector& f, order& x) {
#if defined(CAF_MAJOR_VERSION) && CAF_MAJOR_VERSION >= 1
  return f.object(x).fields(f.field("item", x.item), f.field("count", x.count));
#else
  return f(caf::meta::type_name("order"), x.item, x.count);
#endif
}

// At CAF's own first number: Grapevine's begin far above.
CAF_BEGIN_TYPE_ID_BLOCK(shop, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(shop, (order))
CAF_END_TYPE_ID_BLOCK(shop)

namespace {

struct shop_config : caf::actor_system_config {
  shop_config() {
    // New: CAF is told of the node's messages before there is an actor system.
    grapevine::init_global_meta_objects();
  }

  // The shop's own settings would be here.
  std::string greeting = "ready";
};

// Ends with the order that it was waiting for.
caf::behavior warehouse(caf::event_based_actor* self) {
  return {[self](const order& wanted) {
    std::cout << "packing " << wanted.count << " of " << wanted.item
              << std::endl;
    self->quit();
  }};
}

// -- what is new --------------------------------------------------------------

// Translates what comes into the shop's own messages.
caf::behavior orders_from_afar(caf::event_based_actor* self,
                               const caf::actor& warehouse) {
  return {[=](const grapevine::message_delivered& got) {
    const auto text = grapevine::to_string(got.msg->data());
    const auto space = text.find(' ');
    if (space != std::string::npos)
      grapevine::tell(self, warehouse,
                      order{text.substr(space + 1), std::atoi(text.c_str())});
  }};
}

bool take_orders(caf::actor_system& system, const caf::scoped_actor& self,
                 const grapevine::node_handle& node, const caf::actor& to) {
  bool joined = false;
  grapevine::ask(
      self.ptr(), node.actor(), std::chrono::seconds{5},
      grapevine::subscribe_topic{"orders", system.spawn(orders_from_afar, to)})
      .receive([&](grapevine::changed) { joined = true; },
               [](const caf::error& why) {
                 std::cerr << grapevine::reason_of(why) << std::endl;
               });
  return joined;
}

// -----------------------------------------------------------------------------

void caf_main(caf::actor_system& system, const shop_config& config) {
  std::cout << config.greeting << std::endl;
  caf::scoped_actor self{system};
  const caf::actor store = system.spawn(warehouse);

  grapevine::node_handle node{
      system,
      grapevine::node_config{grapevine::libp2p::private_key::generate()}};
  if (!node.start() || !take_orders(system, self, node, store))
    std::exit(1);

  // What others publish comes as this does.
  grapevine::ask(
      self.ptr(), node.actor(), std::chrono::seconds{5},
      grapevine::publish_message{
          "orders", grapevine::to_bytes(grapevine::as_bytes("3 apples"))})
      .receive([](const grapevine::publish_receipt&) {},
               [](const caf::error&) { std::exit(1); });
  self->wait_for(store);
}

} // namespace

CAF_MAIN(caf::id_block::shop)
