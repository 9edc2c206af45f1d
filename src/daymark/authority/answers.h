// What an authority answers, read strictly: the forms of the bodies behind AuthorityClient. Host
// only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daymark/authority/feed.h"
#include "daymark/authority/leaf_list.h"
#include "daymark/base/result.h"
#include "daymark/governor/client.h"
#include "daymark/order/order.h"

namespace daymark::authority {

/// A batch to be signed: the order file, and root and number of the leaves that it commits to.
struct DraftedBatch {
  std::vector<Byte> order_file;
  order::BatchContent content;
};

/// A page of a batch's leaves.
struct LeavesAnswer {
  LeafList leaves;                    ///< in the order of their slots
  std::optional<std::uint64_t> next;  ///< cursor of the next page; none: this is the last
};

/// A page of the feed.
struct FeedAnswer {
  std::vector<governor::OrderParts> orders;  ///< in the order of the log
  std::optional<FeedPosition> next;          ///< where the next page begins; none: this is the last
};

/// A page of a JSON list.
struct ListAnswer {
  std::vector<std::string> items;  ///< JSON text of each
  std::string next;                ///< cursor of the next page; empty: this is the last
};

/// Orders that one answer of GET /feed carries at most.
inline constexpr std::size_t feed_max = 4096;
/// Appeals against one order.
inline constexpr std::size_t appeals_max = 64;

// Every reader takes exactly one deterministic CBOR item (RFC 8949 §4.2.1), so what it accepts is
// written back to the same bytes. Nothing in it is verified. Errors: errc::cbor_*.

/// An order with its proof and opened content: [envelope, proof, salt, content].
[[nodiscard]] Result<governor::OrderParts> parse_message_answer(ByteView body);

/// An appeal as the authority hands it out.
struct AppealParts {
  std::vector<Byte> envelope;
  std::string proof;
};

/// Array of [envelope, proof], oldest first.
[[nodiscard]] Result<std::vector<AppealParts>> parse_appeals_answer(ByteView body);

/// A finding as the authority hands it out.
struct FindingParts {
  std::vector<Byte> file;
  std::string proof;
};

/// [finding file, proof].
[[nodiscard]] Result<FindingParts> parse_finding_answer(ByteView body);
/// [[order…], next position as [fleet, own], or null].
[[nodiscard]] Result<FeedAnswer> parse_feed_answer(ByteView body);
/// [batch order, leaf, index, path].
[[nodiscard]] Result<governor::LeafParts> parse_leaf_answer(ByteView body);
/// [order file, root, number of leaves].
[[nodiscard]] Result<DraftedBatch> parse_batch_answer(ByteView body);
/// [[leaf…], cursor of the next page, or null].
[[nodiscard]] Result<LeavesAnswer> parse_leaves_answer(ByteView body);

/// {"items":[…],"next":cursor or null}. Errors: errc::json_malformed.
[[nodiscard]] Result<ListAnswer> parse_list_answer(const std::string& body);

/// The sentence of an {"error":{"text":…}} body; the body itself where it has another form.
[[nodiscard]] std::string error_sentence(const std::string& body);

}  // namespace daymark::authority
