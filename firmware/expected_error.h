// std::expected<T, Error> as the chip keeps it: the error first, and no error where all its bits
// are zero.
//
// Included before everything else in the chip's images (script/firmware). Who passes an error on
// returns the register that it came in. The library's own form, a union with a flag behind it, is
// taken apart and put together again at every step. An error of zero bits would read as success;
// making one stops the program.
#pragma once

#include <bit>
#include <cstdint>
#include <expected>
#include <memory>
#include <type_traits>
#include <utility>

#include "daymark/base/error.h"

namespace daymark::firmware {

/// An error on its way to the caller, in one piece: the compiler splits an Error into its members.
struct PassedError {
  std::uint64_t bits = 0;
};

/// What stands where no value does; without a member, so that the compiler moves values whole.
struct None {};

/// What both forms have in common.
class MaybeError {
 public:
  constexpr MaybeError() = default;

  [[gnu::always_inline]] constexpr explicit MaybeError(const std::unexpected<Error>& error)
      : bits_(std::bit_cast<std::uint64_t>(error.error())) {
    if (bits_ == 0) __builtin_trap();
  }

  constexpr explicit MaybeError(const std::unexpected<PassedError>& passed)
      : bits_(passed.error().bits) {}

  [[nodiscard]] constexpr bool has_value() const { return bits_ == 0; }

  constexpr explicit operator bool() const { return has_value(); }

  [[nodiscard, gnu::always_inline]] constexpr Error error() const& {
    return std::bit_cast<Error>(bits_);
  }

  [[nodiscard, gnu::always_inline]] constexpr PassedError error() && { return {bits_}; }

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace daymark::firmware

// Errors convert into results, as the standard has it.
// NOLINTBEGIN(google-explicit-constructor)

// [namespace.std]: specialised for a type of this program, with the part of the interface that the
// core uses.
template <>
class std::expected<void, daymark::Error> : public daymark::firmware::MaybeError {
 public:
  using value_type = void;
  using error_type = daymark::Error;

  constexpr expected() = default;

  [[gnu::always_inline]] constexpr expected(const std::unexpected<daymark::Error>& error)
      : MaybeError(error) {}

  [[gnu::always_inline]] constexpr expected(
      const std::unexpected<daymark::firmware::PassedError>& error)
      : MaybeError(error) {}

  constexpr void operator*() const {}
};

template <class T>
  requires std::is_trivially_copyable_v<T>
class std::expected<T, daymark::Error> : public daymark::firmware::MaybeError {
 public:
  using value_type = T;
  using error_type = daymark::Error;

  template <class U = T>
    requires(std::is_constructible_v<T, U> && !std::is_same_v<std::remove_cvref_t<U>, expected>)
  constexpr explicit(!std::is_convertible_v<U, T>) expected(U&& value)
      : value_(std::forward<U>(value)) {}

  [[gnu::always_inline]] constexpr expected(const std::unexpected<daymark::Error>& error)
      : MaybeError(error), none_() {}

  [[gnu::always_inline]] constexpr expected(
      const std::unexpected<daymark::firmware::PassedError>& error)
      : MaybeError(error), none_() {}

  constexpr const T& operator*() const& { return value_; }

  constexpr T& operator*() & { return value_; }

  constexpr T&& operator*() && { return std::move(value_); }

  constexpr const T* operator->() const { return std::addressof(value_); }

  constexpr T* operator->() { return std::addressof(value_); }

  template <class U>
  constexpr T value_or(U&& otherwise) const {
    return has_value() ? value_ : static_cast<T>(std::forward<U>(otherwise));
  }

 private:
  union {
    daymark::firmware::None none_;
    T value_;
  };
};

// NOLINTEND(google-explicit-constructor)
