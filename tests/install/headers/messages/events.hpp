#pragma once

// The application's own, by a name that the project has, too.
namespace application {

int events();

} // namespace application
