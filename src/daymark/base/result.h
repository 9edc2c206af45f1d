// Result<T>: a value or an Error. Operating errors are returned; broken invariants stop the
// program.
//
//   Result<Digest> leaf = read_digest(reader);
//   DAYMARK_TRY(const Digest digest, read_digest(reader));   // returns the error to the caller
//   DAYMARK_CHECK(verify(digest));                           // the same for Result<void>
#pragma once

#include <expected>
#include <utility>

#include "daymark/base/error.h"

namespace daymark {

template <class T>
using Result = std::expected<T, Error>;

/// The error value of a Result<T>, whatever T is.
[[nodiscard]] constexpr std::unexpected<Error> fail(Errc code, FieldId field = no_field,
                                                    std::uint32_t offset = 0) {
  return std::unexpected(Error{code, field, offset});
}

/// The same error, for a function with another value type.
[[nodiscard]] constexpr std::unexpected<Error> fail(Error error) {
  return std::unexpected(error);
}

/// Success of a Result<void>.
[[nodiscard]] constexpr Result<void> ok() {
  return {};
}

}  // namespace daymark

#define DAYMARK_JOIN2_(a, b) a##b
#define DAYMARK_JOIN_(a, b) DAYMARK_JOIN2_(a, b)
#define DAYMARK_TRY_(temporary, declaration, expression)                \
  auto temporary = (expression);                                        \
  if (!temporary) return std::unexpected(std::move(temporary).error()); \
  declaration = *std::move(temporary)

/// Declares `declaration` from the value of `expression`, or returns its error. Works for Result
/// and, at the edges, for Outcome, whose error converts from Error.
#define DAYMARK_TRY(declaration, ...) \
  DAYMARK_TRY_(DAYMARK_JOIN_(daymark_try_, __COUNTER__), declaration, (__VA_ARGS__))

/// Returns the error of `expression`, a Result<void>, if it has one.
#define DAYMARK_CHECK(...) DAYMARK_CHECK_(DAYMARK_JOIN_(daymark_check_, __COUNTER__), (__VA_ARGS__))
#define DAYMARK_CHECK_(temporary, expression)    \
  if (auto temporary = (expression); !temporary) \
  return std::unexpected(std::move(temporary).error())
