#include "app/init.hpp"

#include "app/http/messages.hpp"
#include "messages/init.hpp"

namespace grapevine::app {

void init_global_meta_objects() {
  grapevine::init_global_meta_objects();
  init_message_types<caf::id_block::grapevine_app>();
  init_message_types<caf::id_block::grapevine_http>();
}

} // namespace grapevine::app
