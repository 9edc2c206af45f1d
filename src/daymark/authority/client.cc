#include "daymark/authority/client.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "daymark/authority/answers.h"
#include "daymark/authority/errors.h"
#include "daymark/authority/renewal_group.h"
#include "daymark/base/hex.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/net/http_client.h"

namespace daymark::authority {

namespace {

constexpr std::string_view cbor_type = "application/cbor";
constexpr std::string_view json_type = "application/json";

/// More than any fleet has; an authority that never ends a list must not keep its client for ever.
constexpr int pages_max = 4096;

/// A million leaves take their time.
constexpr net::HttpLimits drafting_patience{.answer_timeout = minutes(10)};

Outcome<std::string> checked(Outcome<net::HttpResponse> answer, const std::string& url) {
  if (!answer) return std::unexpected(std::move(answer).error());
  if (answer->status == 200) return std::move(answer->body);
  if (answer->status == 404)
    return refuse(errc::authority_not_found, url, error_sentence(answer->body));
  return refuse(errc::authority_refused, url, error_sentence(answer->body));
}

}  // namespace

Outcome<std::string> AuthorityClient::get(const std::string& path) const {
  return checked(net::http_get(url_ + path, access_, {}), url_ + path);
}

Outcome<std::string> AuthorityClient::post(const std::string& path, ByteView body,
                                           std::string_view type,
                                           const net::HttpLimits& limits) const {
  return checked(net::http_post(url_ + path, {text_of(body), type}, access_, limits), url_ + path);
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
  std::vector<governor::OrderParts> out;
  FeedPosition at{fleet_seq, own_seq};
  for (int pages = 0; pages < pages_max; ++pages) {
    DAYMARK_TRY(const std::string body,
                get(fmt::format("/feed?chip={}&fleet={}&own={}", to_hex(chip.view()), at.fleet_seq,
                                at.own_seq)));
    DAYMARK_TRY(FeedAnswer page, about(parse_feed_answer(bytes_of(body)), url_ + "/feed"));
    std::ranges::move(page.orders, std::back_inserter(out));
    if (!page.next) return out;
    if (!is_onward(at, *page.next)) break;
    at = *page.next;
  }
  return refuse(errc::authority_list_endless, url_ + "/feed");
}

Outcome<ListAnswer> AuthorityClient::list_page(const std::string& path,
                                               const std::string& cursor) const {
  DAYMARK_TRY(const std::string body,
              get(cursor.empty() ? path : fmt::format("{}?after={}", path, cursor)));
  return about(parse_list_answer(body), url_ + path);
}

Outcome<void> AuthorityClient::each_leaf(const Digest& root, const TakeBytes& take) const {
  const std::string path = "/batches/" + to_hex(root) + "/leaves";
  std::uint64_t after = 0;
  for (int pages = 0; pages < pages_max; ++pages) {
    DAYMARK_TRY(const std::string body, get(fmt::format("{}?after={}", path, after)));
    DAYMARK_TRY(const LeavesAnswer page, about(parse_leaves_answer(bytes_of(body)), url_ + path));
    for (const std::vector<Byte>& leaf : page.leaves)
      DAYMARK_CHECK(take(leaf));
    if (!page.next) return {};
    if (*page.next != after + page.leaves.size() || page.leaves.empty()) break;
    after = *page.next;
  }
  return refuse(errc::authority_list_endless, url_ + path);
}

Outcome<std::string> AuthorityClient::list(const std::string& path) const {
  std::string out = "{\"items\":[";
  std::string cursor;
  for (int pages = 0; pages < pages_max; ++pages) {
    DAYMARK_TRY(const ListAnswer page, list_page(path, cursor));
    for (const std::string& item : page.items)
      out += (out.ends_with('[') ? "" : ",") + item;
    if (page.next.empty()) return out + "]}";
    if (page.items.empty() || page.next == cursor) break;
    cursor = page.next;
  }
  return refuse(errc::authority_list_endless, url_ + path);
}

Outcome<std::vector<AppealParts>> AuthorityClient::appeals(const Digest& order) const {
  const std::string path = "/orders/" + to_hex(order) + "/appeals";
  DAYMARK_TRY(const std::string body, get(path));
  return about(parse_appeals_answer(bytes_of(body)), url_ + path);
}

Outcome<std::string> AuthorityClient::submit_appeal(ByteView envelope) const {
  return post("/appeals", envelope, cbor_type);
}

Outcome<std::string> AuthorityClient::submit_finding(ByteView file) const {
  return post("/findings", file, cbor_type);
}

Outcome<FindingParts> AuthorityClient::finding(const Digest& hash) const {
  const std::string path = "/findings/" + to_hex(hash);
  DAYMARK_TRY(const std::string body, get(path));
  return about(parse_finding_answer(bytes_of(body)), url_ + path);
}

Outcome<governor::OrderParts> AuthorityClient::message(const std::string& order_hash) const {
  const std::string path = "/orders/" + order_hash + "/message";
  DAYMARK_TRY(const std::string body, get(path));
  return about(parse_message_answer(bytes_of(body)), url_ + path);
}

Outcome<std::optional<governor::LeafParts>> AuthorityClient::leaf(const ChipId& chip) const {
  const std::string path = "/leaves/" + to_hex(chip.view());
  const Outcome<std::string> body = get(path);
  if (!body && body.error().error.code == errc::authority_not_found) {
    return std::optional<governor::LeafParts>{};
  }
  if (!body) return std::unexpected(body.error());
  DAYMARK_TRY(governor::LeafParts parts, about(parse_leaf_answer(bytes_of(*body)), url_ + path));
  return std::optional(std::move(parts));
}

Outcome<governor::LeafParts> AuthorityClient::leaf(const ChipId& chip,
                                                   std::uint64_t licence) const {
  const std::string path = fmt::format("/leaves/{}/{}", to_hex(chip.view()), licence);
  DAYMARK_TRY(const std::string body, get(path));
  return about(parse_leaf_answer(bytes_of(body)), url_ + path);
}

Outcome<DraftedBatch> AuthorityClient::draft_batch(const std::string& terms_json) const {
  DAYMARK_TRY(const std::string body,
              post("/batches", bytes_of(terms_json), json_type, drafting_patience));
  return about(parse_batch_answer(bytes_of(body)), url_ + "/batches");
}

Outcome<void> AuthorityClient::post_renewal(ByteView request) const {
  DAYMARK_CHECK(post("/renewals", request, cbor_type));
  return {};
}

Outcome<std::vector<Result<Digest>>> AuthorityClient::post_renewals(
    std::span<const ByteView> requests) const {
  const std::string path = "/renewals/group";
  DAYMARK_TRY(const std::string body, post(path, print_renewal_group(requests), cbor_type));
  DAYMARK_TRY(auto verdicts, about(parse_renewal_answer(bytes_of(body)), url_ + path));
  if (verdicts.size() != requests.size()) return refuse(errc::cbor_length, url_ + path);
  return verdicts;
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
