// Which HTTP status an error has, and its body. Host only.
#pragma once

#include <span>

#include "daymark/base/failure.h"
#include "daymark/net/http.h"

namespace daymark::authority {

/// An error whose status is not told by its number.
struct StatusEntry {
  Errc code;
  unsigned status;
};

[[nodiscard]] std::span<const StatusEntry> status_table();

/// 400 for malformed bytes, 403 for a rule that said no, 503 for a store that can't, and what the
/// table says.
[[nodiscard]] unsigned status_of(Errc code);

/// {"error":{"code","name","text"}} with the status that fits the error; a 401 names the scheme
/// that would be taken (RFC 9110 §11.6.1).
[[nodiscard]] net::HttpResponse error_response(const Failure& failure);

}  // namespace daymark::authority
