#include "daymark/authority/client.h"

#include <fmt/format.h>

#include "daymark/authority/errors.h"
#include "daymark/authority/leaf_list.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/net/http_client.h"
#include "daymark/order/leaf.h"
#include "daymark/order/order_file.h"

namespace daymark::authority {

namespace {

constexpr std::string_view cbor_type = "application/cbor";
constexpr std::string_view json_type = "application/json";
constexpr std::size_t feed_max = 4096;

/// The sentence of an {"error":…} body, or the body itself.
std::string said(const std::string& body) {
  const auto document = internal::parse_json(body);
  if (!document || !document->is_object() || !document->contains("error")) return body;
  const auto& error = document->at("error");
  return error.is_object() ? error.value("text", body) : body;
}

Outcome<std::string> checked(Outcome<net::HttpResponse> answer, const std::string& url) {
  if (!answer) return std::unexpected(std::move(answer).error());
  if (answer->status == 200) return std::move(answer->body);
  if (answer->status == 404) return refuse(errc::authority_not_found, url, said(answer->body));
  return refuse(errc::authority_refused, url, said(answer->body));
}

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

Result<std::vector<governor::OrderParts>> read_feed(ByteView bytes) {
  cbor::Reader reader(bytes);
  DAYMARK_TRY(const std::size_t count, reader.enter_array(feed_max));
  std::vector<governor::OrderParts> out;
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(governor::OrderParts parts, read_parts(reader));
    out.push_back(std::move(parts));
  }
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<governor::LeafParts> read_leaf(ByteView bytes) {
  cbor::Reader reader(bytes);
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

Result<DraftedBatch> read_batch(ByteView bytes) {
  cbor::Reader reader(bytes);
  DAYMARK_CHECK(reader.enter_array_of(2));
  DraftedBatch out;
  DAYMARK_TRY(const ByteView file, reader.read_bytes(1, order::order_file_size_max));
  out.order_file.assign(file.begin(), file.end());
  DAYMARK_TRY(out.leaves, read_leaf_list(reader));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

}  // namespace

Outcome<std::string> AuthorityClient::get(const std::string& path) const {
  return checked(net::http_get(url_ + path), url_ + path);
}

Outcome<std::string> AuthorityClient::post(const std::string& path, ByteView body,
                                           std::string_view type) const {
  return checked(net::http_post(url_ + path, {text_of(body), type}), url_ + path);
}

Outcome<std::vector<Byte>> AuthorityClient::charter() const {
  DAYMARK_TRY(const std::string body, get("/charter"));
  const ByteView bytes = bytes_of(body);
  return std::vector<Byte>(bytes.begin(), bytes.end());
}

Outcome<std::string> AuthorityClient::submit(ByteView order_file) const {
  return post("/orders", order_file, cbor_type);
}

Outcome<std::vector<governor::OrderParts>> AuthorityClient::feed(const ChipId& chip,
                                                                 std::uint64_t fleet_seq,
                                                                 std::uint64_t own_seq) const {
  DAYMARK_TRY(const std::string body, get(fmt::format("/feed?chip={}&fleet={}&own={}",
                                                      to_hex(chip.view()), fleet_seq, own_seq)));
  return about(read_feed(bytes_of(body)), url_ + "/feed");
}

Outcome<governor::OrderParts> AuthorityClient::message(const std::string& order_hash) const {
  const std::string path = "/orders/" + order_hash + "/message";
  DAYMARK_TRY(const std::string body, get(path));
  cbor::Reader reader(bytes_of(body));
  DAYMARK_TRY(governor::OrderParts parts, about(read_parts(reader), url_ + path));
  DAYMARK_CHECK(about(reader.expect_end(), url_ + path));
  return parts;
}

Outcome<std::optional<governor::LeafParts>> AuthorityClient::leaf(const ChipId& chip) const {
  const std::string path = "/leaves/" + to_hex(chip.view());
  const Outcome<std::string> body = get(path);
  if (!body && body.error().error.code == errc::authority_not_found) {
    return std::optional<governor::LeafParts>{};
  }
  if (!body) return std::unexpected(body.error());
  DAYMARK_TRY(governor::LeafParts parts, about(read_leaf(bytes_of(*body)), url_ + path));
  return std::optional(std::move(parts));
}

Outcome<DraftedBatch> AuthorityClient::draft_batch(const std::string& terms_json) const {
  DAYMARK_TRY(const std::string body, post("/batches", bytes_of(terms_json), json_type));
  return about(read_batch(bytes_of(body)), url_ + "/batches");
}

Outcome<void> AuthorityClient::post_renewal(ByteView request) const {
  DAYMARK_CHECK(post("/renewals", request, cbor_type));
  return {};
}

Outcome<void> AuthorityClient::post_receipt(ByteView receipt) const {
  DAYMARK_CHECK(post("/receipts", receipt, cbor_type));
  return {};
}

Outcome<std::string> AuthorityClient::post_attestation(ByteView attestation) const {
  return post("/attestations", attestation, cbor_type);
}

Outcome<void> AuthorityClient::post_ranging(const ChipId& chip,
                                            const std::vector<std::vector<Byte>>& receipts) const {
  const std::vector<Byte> list = cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(receipts.size());
    for (const auto& receipt : receipts)
      writer.put_bytes(receipt);
  });
  DAYMARK_CHECK(post("/ranging/" + to_hex(chip.view()), list, cbor_type));
  return {};
}

Outcome<void> AuthorityClient::post_verdict(const std::string& json) const {
  DAYMARK_CHECK(post("/verdicts", bytes_of(json), json_type));
  return {};
}

}  // namespace daymark::authority
