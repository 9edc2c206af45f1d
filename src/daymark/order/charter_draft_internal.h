// A charter in the making, with the texts that it views.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daymark/base/error_table.h"
#include "daymark/order/charter_spec.h"

namespace daymark::order::internal {

struct CharterDraft {
  Charter charter;
  std::vector<std::unique_ptr<std::string>> texts;

  /// Keeps `text` as long as the draft.
  [[nodiscard]] std::string_view keep(std::string text) {
    texts.push_back(std::make_unique<std::string>(std::move(text)));
    return *texts.back();
  }
};

/// Witness lines and "at least `threshold` of them".
[[nodiscard]] std::string witness_policy(std::span<const WitnessSpec> witnesses,
                                         std::size_t threshold);

/// Encodes the draft and reads it again, so that nothing leaves that parse_charter refuses.
[[nodiscard]] Outcome<std::vector<Byte>> finish(const Charter& charter);

}  // namespace daymark::order::internal
