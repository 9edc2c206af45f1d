// Results in tests: "ok" or the name of the error.
#pragma once

#include <string_view>

#include "daymark/base/error_table.h"
#include "daymark/base/failure.h"

namespace daymark::tpm::testing {

template <class T>
[[nodiscard]] std::string_view verdict(const Outcome<T>& outcome) {
  return outcome ? "ok" : entry_of(outcome.error().error.code).name;
}

template <class T>
[[nodiscard]] std::string_view verdict(const Result<T>& result) {
  return result ? "ok" : entry_of(result.error().code).name;
}

}  // namespace daymark::tpm::testing
