// Catch2 2 generates its main function here, once for all test programs.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
