#include "batch_view.h"

#include <nlohmann/json.hpp>

#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/order/batch.h"
#include "daymark/order/errors.h"

namespace daymark::cli {

namespace {

/// The chips in custody by slot, a page at a time.
class CustodyWalk {
 public:
  explicit CustodyWalk(const authority::AuthorityClient& client) : client_(client) {}

  /// None behind the last.
  [[nodiscard]] Outcome<std::optional<ChipId>> next() {
    while (at_ == page_.items.size()) {
      if (started_ && page_.next.empty()) return std::optional<ChipId>{};
      DAYMARK_TRY(page_, client_.list_page("/chips", page_.next));
      started_ = true;
      at_ = 0;
    }
    return chip_of(page_.items[at_++]);
  }

 private:
  [[nodiscard]] static Outcome<std::optional<ChipId>> chip_of(const std::string& item) {
    DAYMARK_TRY(const auto document, about(internal::parse_json(item), "/chips"));
    DAYMARK_TRY(const std::string text, about(internal::text_member(document, "chip"), "/chips"));
    DAYMARK_TRY(const auto bytes, about(from_hex_fixed<16>(text), "/chips"));
    return std::optional(ChipId{bytes});
  }

  const authority::AuthorityClient& client_;
  authority::ListAnswer page_;
  std::size_t at_ = 0;
  bool started_ = false;
};

Outcome<ChipId> chip_in(ByteView leaf) {
  DAYMARK_TRY(const order::Leaf parsed, about(order::parse_leaf(leaf), "leaf"));
  return parsed.chip;
}

}  // namespace

Outcome<void> look_at_leaves(const authority::AuthorityClient& client,
                             const order::BatchContent& stated, const SeeLeaf& see) {
  order::BatchChecker checker(stated);
  DAYMARK_CHECK(client.each_leaf(stated.root, [&](ByteView encoded) -> Outcome<void> {
    DAYMARK_TRY(const ChipId chip, chip_in(encoded));
    DAYMARK_TRY(const order::Leaf* const leaf, about(checker.add(chip, encoded), "batch"));
    return see(*leaf);
  }));
  return about(checker.finish(), "batch");
}

Outcome<void> check_leaves(const authority::AuthorityClient& client,
                           const order::BatchContent& stated, const SeeLeaf& see) {
  order::BatchChecker checker(stated);
  CustodyWalk custody(client);
  DAYMARK_CHECK(client.each_leaf(stated.root, [&](ByteView encoded) -> Outcome<void> {
    DAYMARK_TRY(const auto chip, custody.next());
    if (!chip) return refuse(errc::batch_stranger, "batch");
    DAYMARK_TRY(const order::Leaf* const leaf, about(checker.add(*chip, encoded), "batch"));
    return see(*leaf);
  }));
  DAYMARK_TRY(const auto left_out, custody.next());
  if (left_out) return refuse(errc::batch_omits, to_hex(left_out->view()));
  return about(checker.finish(), "batch");
}

}  // namespace daymark::cli
