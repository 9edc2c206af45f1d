// Errors of the whole project: one small value, numbered for ever.
//
// An `Error` says which rule failed (`code`), in which field (`field`) and, for parsers, at which
// byte (`offset`). It is 8 bytes and trivially copyable, so that the same code runs on the chip.
// Sentences in three languages live in the host's error table (error_table.h). At the edges
// `Failure` adds the file or peer that the error is about.
#pragma once

#include <cstdint>
#include <type_traits>

namespace daymark {

/// Stable number of a rule that failed. Constants are declared by each module's `errors.h` from its
/// list under base/errors/; numbers are never reused.
enum class Errc : std::uint16_t {};

/// Stable number of a field that an error is about; 0 where no field can be named.
enum class FieldId : std::uint16_t {};

inline constexpr FieldId no_field{0};

struct Error {
  Errc code{};
  FieldId field = no_field;
  std::uint32_t offset = 0;

  friend constexpr bool operator==(const Error&, const Error&) = default;
};

static_assert(sizeof(Error) == 8);
static_assert(std::is_trivially_copyable_v<Error>);

}  // namespace daymark
