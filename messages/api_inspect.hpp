#pragma once

#include "messages/caf_compat.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

// How CAF reads and writes the types of messages/api.hpp, so that they can come
// from and go to other processes: the handles of actors by themselves, all else
// as bytes (`pack`, `unpack`), which are the same with any CAF. What comes from
// another process is a stranger's: it is checked, and whatever is no such value
// is an error. What stays in the process is not packed: the values that
// validators attach, and tickets, are not there; of a function or key it is
// said that there was one, so that it can be refused.

namespace grapevine {

/// Whether values of the type can go to other processes.
template <class T>
inline constexpr bool is_remote = false;

/// Appends the bytes of `value`, without its handles of actors.
template <class T>
void pack(const T& value, std::string& out);

/// The reverse: false if these are no such bytes.
template <class T>
bool unpack(std::string_view packed, T& value);

namespace detail {

struct no_handle {};

// What CAF itself carries of a message: the handle that it names.
template <class T>
auto& handle_in(T& value, no_handle& none) {
  if constexpr (requires { value.subscriber; })
    return value.subscriber;
  else if constexpr (requires { value.observer; })
    return value.observer;
  else if constexpr (requires { value.receiver; })
    return value.receiver;
  else
    return none;
}

// Those of validators are in a list.
template <class T>
auto handles_in(const T& value) {
  if constexpr (requires { value.validation->actors; })
    return value.validation ? value.validation->actors
                            : decltype(value.validation->actors){};
  else
    return no_handle{};
}

template <class T, class Handles>
void take_handles([[maybe_unused]] T& value, [[maybe_unused]] Handles&& taken) {
  if constexpr (requires { value.validation->actors; })
    if (value.validation)
      value.validation->actors = std::forward<Handles>(taken);
}

// All that there is of a value: its bytes, and what handles it has.
template <class Inspector, class T, class Handle, class Handles>
inspected<Inspector> inspect_parts(Inspector& f, T& value, Handle& handle,
                                   Handles& handles, std::string& packed) {
  constexpr bool one = !std::is_same_v<Handle, no_handle>;
  constexpr bool many = !std::is_same_v<Handles, no_handle>;
  if constexpr (one)
    return inspect_fields(f, value, handle, packed);
  else if constexpr (many)
    return inspect_fields(f, value, handles, packed);
  else
    return inspect_fields(f, value, packed);
}

} // namespace detail

/// Lets CAF read and write a message of the API.
template <class Inspector, class T>
requires is_remote<T> detail::inspected<Inspector> inspect(Inspector& f,
                                                           T& value) {
  if constexpr (detail::is_text<Inspector>) {
    return detail::inspect_fields(f, value);
  } else {
    detail::no_handle none;
    auto& handle = detail::handle_in(value, none);
    auto handles = detail::handles_in(value);
    std::string packed;
    if constexpr (detail::is_loading<Inspector>) {
      auto result = detail::inspect_parts(f, value, handle, handles, packed);
      if (detail::failed<Inspector>(result))
        return result;
      if (!unpack(packed, value))
        return detail::refuse_bytes(f);
      detail::take_handles(value, std::move(handles));
      return result;
    } else {
      pack(value, packed);
      return detail::inspect_parts(f, value, handle, handles, packed);
    }
  }
}

} // namespace grapevine
