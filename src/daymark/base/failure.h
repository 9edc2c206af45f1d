// Failure: an Error with its subject, for the edges (files, peers, command lines). Host only.
#pragma once

#include <expected>
#include <string>

#include "daymark/base/error.h"
#include "daymark/base/result.h"

namespace daymark {

/// What failed and where: `subject` is a file name, a peer or an option; `detail` is what the
/// operating system or library said, if anything. Never holds a secret.
struct Failure {
  Error error;
  std::string subject;
  std::string detail;

  // Implicit, so that DAYMARK_TRY lifts a core error to the edge.
  Failure(Error plain) : error(plain) {}  // NOLINT(google-explicit-constructor)

  Failure(Errc code, std::string about, std::string said = {})
      : error{code, no_field, 0}, subject(std::move(about)), detail(std::move(said)) {}

  Failure(Error plain, std::string about, std::string said = {})
      : error(plain), subject(std::move(about)), detail(std::move(said)) {}
};

template <class T>
using Outcome = std::expected<T, Failure>;

/// The error value of an Outcome<T>.
[[nodiscard]] inline std::unexpected<Failure> refuse(Errc code, std::string subject,
                                                     std::string detail = {}) {
  return std::unexpected(Failure(code, std::move(subject), std::move(detail)));
}

/// Names the subject of a core result: `about(parse(bytes), path)`.
template <class T>
[[nodiscard]] Outcome<T> about(Result<T> result, std::string subject) {
  if (!result) return std::unexpected(Failure(result.error(), std::move(subject)));
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

}  // namespace daymark
