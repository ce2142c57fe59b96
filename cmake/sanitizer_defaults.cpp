// What instrumented programs start with; the environment (ASAN_OPTIONS and so
// on) overrides it.

extern "C" const char* __asan_default_options() {
  return "strict_string_checks=1:detect_stack_use_after_return=1:"
         "check_initialization_order=1";
}

extern "C" const char* __ubsan_default_options() {
  return "halt_on_error=1:print_stacktrace=1:suppressions=" SUPPRESSIONS_DIR
         "/ubsan.supp";
}

extern "C" const char* __tsan_default_options() {
  return "halt_on_error=1:second_deadlock_stack=1";
}
