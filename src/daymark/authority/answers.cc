#include "daymark/authority/answers.h"

#include "daymark/base/errors.h"
#include "daymark/base/json_internal.h"
#include "daymark/cbor/reader.h"
#include "daymark/order/appeal.h"
#include "daymark/order/finding.h"
#include "daymark/order/leaf.h"
#include "daymark/order/order_file.h"

namespace daymark::authority {

namespace {

Result<governor::OrderParts> read_parts(cbor::Reader& reader) {
  DAYMARK_CHECK(reader.enter_array_of(4));
  governor::OrderParts out;
  DAYMARK_TRY(const ByteView envelope, reader.read_bytes(1, order::order_size_max));
  DAYMARK_TRY(const std::string_view proof, reader.read_text(tlog::proof_size_max));
  DAYMARK_TRY(out.salt, reader.read_array_of_bytes<32>());
  DAYMARK_TRY(const ByteView content, reader.read_bytes(0, order::content_size_max));
  out.envelope.assign(envelope.begin(), envelope.end());
  out.proof = proof;
  out.content.assign(content.begin(), content.end());
  return out;
}

Result<std::optional<FeedPosition>> read_position(cbor::Reader& reader) {
  if (reader.next_is_null()) {
    DAYMARK_CHECK(reader.read_null());
    return std::optional<FeedPosition>{};
  }
  DAYMARK_CHECK(reader.enter_array_of(2));
  FeedPosition out;
  DAYMARK_TRY(out.fleet_seq, reader.read_unsigned());
  DAYMARK_TRY(out.own_seq, reader.read_unsigned());
  return std::optional(out);
}

}  // namespace

Result<governor::OrderParts> parse_message_answer(ByteView body) {
  cbor::Reader reader(body);
  DAYMARK_TRY(governor::OrderParts out, read_parts(reader));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<std::vector<AppealParts>> parse_appeals_answer(ByteView body) {
  cbor::Reader reader(body);
  DAYMARK_TRY(const std::size_t count, reader.enter_array(appeals_max));
  std::vector<AppealParts> out;
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_CHECK(reader.enter_array_of(2));
    DAYMARK_TRY(const ByteView envelope, reader.read_bytes(1, order::appeal_size_max));
    DAYMARK_TRY(const std::string_view proof, reader.read_text(tlog::proof_size_max));
    out.push_back({{envelope.begin(), envelope.end()}, std::string(proof)});
  }
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<FindingParts> parse_finding_answer(ByteView body) {
  cbor::Reader reader(body);
  DAYMARK_CHECK(reader.enter_array_of(2));
  DAYMARK_TRY(const ByteView file, reader.read_bytes(1, order::finding_file_size_max));
  DAYMARK_TRY(const std::string_view proof, reader.read_text(tlog::proof_size_max));
  DAYMARK_CHECK(reader.expect_end());
  return FindingParts{{file.begin(), file.end()}, std::string(proof)};
}

Result<FeedAnswer> parse_feed_answer(ByteView body) {
  cbor::Reader reader(body);
  DAYMARK_CHECK(reader.enter_array_of(2));
  DAYMARK_TRY(const std::size_t count, reader.enter_array(feed_max));
  FeedAnswer out;
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(governor::OrderParts parts, read_parts(reader));
    out.orders.push_back(std::move(parts));
  }
  DAYMARK_TRY(out.next, read_position(reader));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<governor::LeafParts> parse_leaf_answer(ByteView body) {
  cbor::Reader reader(body);
  DAYMARK_CHECK(reader.enter_array_of(4));
  governor::LeafParts out;
  DAYMARK_TRY(out.batch, read_parts(reader));
  DAYMARK_TRY(const ByteView leaf, reader.read_bytes(1, order::leaf_size_max));
  out.leaf.assign(leaf.begin(), leaf.end());
  DAYMARK_TRY(out.index.value, reader.read_unsigned());
  DAYMARK_TRY(const std::size_t nodes, reader.enter_array(tlog::path_max));
  for (std::size_t i = 0; i < nodes; ++i) {
    DAYMARK_TRY(const Digest node, reader.read_array_of_bytes<32>());
    out.path.push_back(node);
  }
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<DraftedBatch> parse_batch_answer(ByteView body) {
  cbor::Reader reader(body);
  DAYMARK_CHECK(reader.enter_array_of(3));
  DraftedBatch out;
  DAYMARK_TRY(const ByteView file, reader.read_bytes(1, order::order_file_size_max));
  out.order_file.assign(file.begin(), file.end());
  DAYMARK_TRY(out.content.root, reader.read_array_of_bytes<32>());
  DAYMARK_TRY(out.content.leaves, reader.read_unsigned());
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<LeavesAnswer> parse_leaves_answer(ByteView body) {
  cbor::Reader reader(body);
  DAYMARK_CHECK(reader.enter_array_of(2));
  LeavesAnswer out;
  DAYMARK_TRY(out.leaves, read_leaf_list(reader));
  if (reader.next_is_null()) {
    DAYMARK_CHECK(reader.read_null());
  } else {
    DAYMARK_TRY(out.next, reader.read_unsigned());
  }
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<ListAnswer> parse_list_answer(const std::string& body) {
  DAYMARK_TRY(const auto document, internal::parse_json(body));
  DAYMARK_TRY(const auto* const items, internal::member(document, "items"));
  if (!items->is_array()) return fail(errc::json_malformed);
  ListAnswer out;
  for (const auto& item : *items)
    out.items.push_back(item.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  DAYMARK_TRY(const auto* const next, internal::member(document, "next"));
  if (next->is_null()) return out;
  if (!next->is_string() || next->get<std::string>().empty()) return fail(errc::json_malformed);
  out.next = next->get<std::string>();
  return out;
}

std::string error_sentence(const std::string& body) {
  const auto document = internal::parse_json(body);
  if (!document) return body;
  const auto error = internal::member(*document, "error");
  if (!error) return body;
  return internal::text_member(**error, "text").value_or(body);
}

}  // namespace daymark::authority
