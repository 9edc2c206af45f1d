#include "daymark/authority/routes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/authority/errors.h"
#include "daymark/authority/renewal_group.h"
#include "daymark/authority/views.h"
#include "daymark/base/error_table.h"
#include "daymark/base/errors.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/cbor/encode.h"
#include "daymark/net/errors.h"
#include "daymark/order/errors.h"
#include "daymark/tlog/errors.h"

namespace daymark::authority {

namespace {

using net::HttpResponse;
using RouteJson = nlohmann::ordered_json;

/// Most items of one answer.
constexpr std::uint64_t list_page_max = 500;
constexpr std::uint64_t feed_page_max = 256;

HttpResponse json(const RouteJson& document) {
  return net::json_response(200, document.dump());
}

HttpResponse cbor_bytes(ByteView bytes) {
  return {.status = 200,
          .content_type = "application/cbor",
          .body = std::string(text_of(bytes)),
          .headers = {}};
}

template <std::size_t N>
Outcome<ByteArray<N>> hex_argument(std::string_view text) {
  return about(from_hex_fixed<N>(text), std::string(text));
}

Outcome<ChipId> chip_argument(std::string_view text) {
  DAYMARK_TRY(const ByteArray<16> bytes, hex_argument<16>(text));
  return ChipId{bytes};
}

ByteView body_of(const RouteCall& call) {
  return bytes_of(call.request->body);
}

Outcome<std::uint64_t> number_in(std::string_view text, std::string_view name) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole) return refuse(errc::number_malformed, std::string(name));
  return value;
}

Outcome<std::uint64_t> number_in(const RouteCall& call, std::string_view name,
                                 std::string_view otherwise = "0") {
  return number_in(net::query_value(call.request->query, name).value_or(std::string(otherwise)),
                   name);
}

/// `limit` of the query, no more than `most`, which is also what holds where nobody asks.
Outcome<std::uint64_t> limit_of(const RouteCall& call, std::uint64_t most) {
  DAYMARK_TRY(const std::uint64_t limit, number_in(call, "limit", std::to_string(most)));
  if (limit == 0) return refuse(errc::number_malformed, "limit");
  return std::min(limit, most);
}

/// The page that is asked for, longer by the one item that tells whether another page follows.
Outcome<Page> page_of(const RouteCall& call) {
  Page out;
  DAYMARK_TRY(out.after, number_in(call, "after"));
  DAYMARK_TRY(out.limit, limit_of(call, list_page_max));
  ++out.limit;
  return out;
}

/// Takes the item too many off the page; the cursor of the next page, if there is one.
template <class T>
std::string cut_page(const Page& page, std::vector<T>& items) {
  if (items.size() < page.limit) return {};
  items.pop_back();
  return std::to_string(page.after + items.size());
}

/// An agent of one chip brings no statement of another.
Outcome<void> check_speaker(Authority& authority, const RouteCall& call) {
  if (!call.caller.chip) return {};
  DAYMARK_TRY(const ChipRecord speaker, authority.chips().signer_of(body_of(call)));
  return call.caller.check_chip(speaker.chip);
}

/// [envelope, proof, salt, content].
void put_message(cbor::Writer& writer, const HandedOrder& order) {
  writer.open_array(4);
  writer.put_bytes(order.envelope);
  writer.put_text(order.proof);
  writer.put_bytes(order.salt);
  writer.put_bytes(order.content);
}

/// [fleet, own], or null.
void put_position(cbor::Writer& writer, const std::optional<FeedPosition>& position) {
  if (!position) return writer.put_null();
  writer.open_array(2);
  writer.put_unsigned(position->fleet_seq);
  writer.put_unsigned(position->own_seq);
}

Outcome<StoredOrder> stored_order(Authority& authority, std::string_view hash) {
  DAYMARK_TRY(const Digest digest, hex_argument<32>(hash));
  DAYMARK_TRY(const auto found, authority.records().order(digest));
  if (!found) return refuse(errc::authority_not_found, std::string(hash));
  return *found;
}

Outcome<ChipFacts> facts_of(Authority& authority, const ChipRecord& chip) {
  ChipFacts out;
  out.chip = chip;
  DAYMARK_TRY(out.own, authority.records().head(chip.chip));
  DAYMARK_TRY(out.leaf, authority.leaves().newest(chip));
  DAYMARK_TRY(out.attestation, authority.chips().attestation(chip.chip));
  return out;
}

Outcome<HttpResponse> get_health(Authority& authority, const RouteCall&) {
  DAYMARK_TRY(const order::Charter charter, about(authority.orders().charter(), "charter"));
  DAYMARK_TRY(const order::StreamHead fleet, authority.records().head({}));
  return json({{"status", "ok"},
               {"fleet_seq", fleet.seq},
               {"fleet_head", to_hex(fleet.hash)},
               {"log_size", authority.publisher().log().head().size.value},
               {"charter", to_hex(charter.hash)},
               {"time", to_rfc3339(authority.clock().now())}});
}

/// "ok", or the name of what is wrong.
std::string_view word_of(const Outcome<void>& state) {
  return state ? "ok" : entry_of(state.error().error.code).name;
}

RouteJson peers_json(const PeerCount& peers) {
  return {{"reachable", peers.reachable}, {"of", peers.of}};
}

/// Ready is who can take the next order: the log opens and the store writes. Witnesses that are
/// down delay its publication; how many answer is shown and left to the reader.
Outcome<HttpResponse> get_ready(Authority& authority, const RouteCall&) {
  DAYMARK_TRY(const order::Charter charter, about(authority.orders().charter(), "charter"));
  const Outcome<void> log = authority.publisher().check_cosigned_head();
  const Outcome<void> store = authority.records().probe(authority.clock().now());
  const RouteJson document{
      {"ready", log && store},
      {"log", word_of(log)},
      {"store", word_of(store)},
      {"witnesses", peers_json(authority.count_peers(urls_of(charter.log_policy)))},
      {"mirrors", peers_json(authority.count_peers(urls_of(charter.mirror_policy)))}};
  return net::json_response(log && store ? 200 : 503, document.dump());
}

Outcome<HttpResponse> get_metrics(Authority& authority, const RouteCall&) {
  DAYMARK_TRY(const order::Charter charter, about(authority.orders().charter(), "charter"));
  DAYMARK_TRY(const RecordCounts records, authority.records().counts());
  const Figures figures{.log_entries = authority.publisher().log().head().size.value,
                        .records = records,
                        .witnesses = authority.count_peers(urls_of(charter.log_policy)),
                        .mirrors = authority.count_peers(urls_of(charter.mirror_policy)),
                        .answers = authority.tally().by_status()};
  return HttpResponse{.status = 200,
                      .content_type = std::string(openmetrics_type),
                      .body = metrics_text(figures),
                      .headers = {}};
}

Outcome<HttpResponse> get_charter(Authority& authority, const RouteCall&) {
  return cbor_bytes(authority.orders().charter_bytes());
}

Outcome<HttpResponse> post_order(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const Acceptance accepted, authority.orders().submit(body_of(call)));
  RouteJson out{{"hash", to_hex(accepted.hash)},
                {"kind", order::name_of(accepted.kind)},
                {"index", nullptr},
                {"logged_at", nullptr},
                {"binds_at", nullptr}};
  if (accepted.publication) {
    const PublishTimes& times = authority.publisher().times();
    out["index"] = accepted.publication->index.value;
    out["logged_at"] = to_rfc3339(accepted.publication->logged_at);
    out["binds_at"] = to_rfc3339(accepted.publication->binds_at);
    out["steps_us"] = {
        {"append", times.append_us}, {"sign", times.sign_us}, {"cosign", times.cosign_us}};
  }
  return json(out);
}

Outcome<HttpResponse> get_orders(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const order::Charter charter, about(authority.orders().charter(), "charter"));
  DAYMARK_TRY(const Page page, page_of(call));
  DAYMARK_TRY(auto orders, authority.records().orders_page(page));
  const std::string next = cut_page(page, orders);
  DAYMARK_TRY(std::string text, orders_view(orders, charter, next));
  return net::json_response(200, std::move(text));
}

/// The public orders that confirm a suspension after an appeal.
Outcome<std::vector<StoredOrder>> confirmations_of(Authority& authority, const OrderFacts& facts) {
  std::vector<StoredOrder> out;
  if (facts.appeals.empty()) return out;
  DAYMARK_TRY(const auto all, authority.records().orders());
  for (const StoredOrder& order : all) {
    if (order.publication && confirms(order, facts.appeals)) out.push_back(order);
  }
  return out;
}

Outcome<HttpResponse> get_order(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const order::Charter charter, about(authority.orders().charter(), "charter"));
  OrderFacts facts;
  DAYMARK_TRY(facts.order, stored_order(authority, call.arguments[0]));
  DAYMARK_TRY(facts.appeals, authority.records().appeals(facts.order.hash));
  DAYMARK_TRY(facts.confirmations, confirmations_of(authority, facts));
  DAYMARK_TRY(std::string text, order_view(facts, charter));
  return net::json_response(200, std::move(text));
}

Outcome<HttpResponse> get_order_appeals(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const Digest hash, hex_argument<32>(call.arguments[0]));
  DAYMARK_TRY(const auto appeals, authority.records().appeals(hash));
  return cbor_bytes(cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(appeals.size());
    for (const StoredAppeal& appeal : appeals) {
      writer.open_array(2);
      writer.put_bytes(appeal.envelope);
      writer.put_text(appeal.proof);
    }
  }));
}

Outcome<HttpResponse> post_appeal(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const order::Charter charter, about(authority.orders().charter(), "charter"));
  DAYMARK_TRY(const StoredAppeal appeal, authority.appeals().submit(body_of(call)));
  return json({{"hash", to_hex(appeal.hash)},
               {"order", to_hex(appeal.order)},
               {"index", appeal.index.value},
               {"logged_at", to_rfc3339(appeal.logged_at)},
               {"term", to_rfc3339(appeal.logged_at + charter.bounds.appeal)}});
}

Outcome<HttpResponse> post_finding(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const StoredFinding finding, authority.findings().submit(body_of(call)));
  return json({{"hash", to_hex(finding.hash)},
               {"index", finding.index.value},
               {"logged_at", to_rfc3339(finding.logged_at)}});
}

Outcome<HttpResponse> get_finding(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const Digest hash, hex_argument<32>(call.arguments[0]));
  DAYMARK_TRY(const auto finding, authority.records().finding(hash));
  if (!finding) return refuse(errc::authority_not_found, std::string(call.arguments[0]));
  return cbor_bytes(cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(2);
    writer.put_bytes(finding->file);
    writer.put_text(finding->proof);
  }));
}

Outcome<HttpResponse> get_message(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const StoredOrder stored, stored_order(authority, call.arguments[0]));
  DAYMARK_TRY(const HandedOrder order, authority.orders().handed(stored));
  return cbor_bytes(cbor::encode([&](cbor::Writer& writer) { put_message(writer, order); }));
}

Outcome<HttpResponse> get_feed(Authority& authority, const RouteCall& call) {
  const auto chip_text = net::query_value(call.request->query, "chip").value_or("");
  DAYMARK_TRY(const ChipId chip, chip_argument(chip_text));
  DAYMARK_CHECK(call.caller.check_chip(chip));
  FeedQuery query{.chip = chip};
  DAYMARK_TRY(query.fleet_seq, number_in(call, "fleet"));
  DAYMARK_TRY(query.own_seq, number_in(call, "own"));
  DAYMARK_TRY(query.limit, limit_of(call, feed_page_max));
  DAYMARK_TRY(const FeedPage page, authority.orders().feed_page(query));
  return cbor_bytes(cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(2);
    writer.open_array(page.orders.size());
    for (const HandedOrder& order : page.orders)
      put_message(writer, order);
    put_position(writer, page.next);
  }));
}

Outcome<HttpResponse> post_renewal(Authority& authority, const RouteCall& call) {
  DAYMARK_CHECK(check_speaker(authority, call));
  DAYMARK_TRY(const Digest hash, authority.renewals().take_one(body_of(call)));
  return json({{"request", to_hex(hash)}, {"pending", true}});
}

/// A site's relay brings what many chips signed: it speaks for none of them.
Outcome<HttpResponse> post_renewal_group(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const auto requests, about(parse_renewal_group(body_of(call)), "requests"));
  DAYMARK_TRY(const auto verdicts, authority.renewals().take(requests));
  return cbor_bytes(print_renewal_answer(verdicts));
}

Outcome<HttpResponse> post_batch(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const BatchDraft draft, authority.batches().draft(call.request->body));
  return cbor_bytes(cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(3);
    writer.put_bytes(draft.order_file);
    writer.put_bytes(draft.content.root);
    writer.put_unsigned(draft.content.leaves);
  }));
}

/// Operators and signers see drafts; to others a batch is there once its order is public.
Outcome<void> check_shown(Authority& authority, const RouteCall& call, const Digest& root) {
  if (call.caller.role != Role::auditor) return {};
  DAYMARK_TRY(const auto issued, authority.records().batch(root));
  const bool shown = issued && issued->is_public;
  return shown ? Outcome<void>{} : refuse(errc::authority_not_found, to_hex(root));
}

Outcome<HttpResponse> get_batch_leaves(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const Digest root, hex_argument<32>(call.arguments[0]));
  DAYMARK_CHECK(check_shown(authority, call, root));
  Page page;
  DAYMARK_TRY(page.after, number_in(call, "after"));
  DAYMARK_TRY(page.limit, limit_of(call, leaf_page_max));
  DAYMARK_TRY(const LeafPage found, authority.leaves().page(root, page));
  return cbor_bytes(cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(2);
    put_leaf_list(writer, found.leaves);
    if (!found.next) return writer.put_null();
    writer.put_unsigned(*found.next);
  }));
}

Outcome<HttpResponse> leaf_response(Authority& authority, const LeafRecord& leaf) {
  DAYMARK_TRY(const StoredOrder batch, stored_order(authority, to_hex(leaf.batch)));
  DAYMARK_TRY(const HandedOrder order, authority.orders().handed(batch));
  return cbor_bytes(cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(4);
    put_message(writer, order);
    writer.put_bytes(leaf.leaf);
    writer.put_unsigned(leaf.index.value);
    writer.open_array(leaf.path.size());
    for (const Digest& node : leaf.path)
      writer.put_bytes(node);
  }));
}

/// The chip whose leaf is asked for, by its own agent or by somebody who reads all.
Outcome<ChipRecord> leaf_chip(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const ChipId id, chip_argument(call.arguments[0]));
  DAYMARK_CHECK(call.caller.check_chip(id));
  return authority.chips().chip(id);
}

Outcome<HttpResponse> get_leaf(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const ChipRecord chip, leaf_chip(authority, call));
  DAYMARK_TRY(const auto leaf, authority.leaves().newest(chip));
  if (!leaf) return refuse(errc::authority_not_found, std::string(call.arguments[0]));
  return leaf_response(authority, *leaf);
}

/// A former leaf: what a chip holds while a newer one is on its way.
Outcome<HttpResponse> get_former_leaf(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const ChipRecord chip, leaf_chip(authority, call));
  DAYMARK_TRY(const std::uint64_t licence, number_in(call.arguments[1], "licence"));
  DAYMARK_TRY(const auto leaf, authority.leaves().former(chip, licence));
  if (!leaf) return refuse(errc::authority_not_found, std::string(call.request->path));
  return leaf_response(authority, *leaf);
}

Outcome<HttpResponse> post_receipt(Authority& authority, const RouteCall& call) {
  DAYMARK_CHECK(check_speaker(authority, call));
  DAYMARK_CHECK(authority.chips().take_receipt(body_of(call)));
  return json({{"stored", true}});
}

Outcome<HttpResponse> post_attestation(Authority& authority, const RouteCall& call) {
  DAYMARK_CHECK(check_speaker(authority, call));
  DAYMARK_TRY(const AttestationFinding finding, authority.chips().take_attestation(body_of(call)));
  RouteJson out{{"stored", true}, {"consistent", finding.consistent}};
  if (!finding.consistent) out["finding"] = entry_of(finding.reason).name;
  return json(out);
}

Outcome<HttpResponse> post_ranging(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const ChipId chip, chip_argument(call.arguments[0]));
  DAYMARK_CHECK(call.caller.check_chip(chip));
  DAYMARK_CHECK(authority.chips().take_ranging(chip, body_of(call)));
  return json({{"stored", true}});
}

Outcome<HttpResponse> post_verdict(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const auto document, about(internal::parse_json(call.request->body), "verdict"));
  const bool named =
      document.is_object() && document.contains("chip") && document["chip"].is_string();
  if (!named) return refuse(errc::json_malformed, "verdict", "chip");
  DAYMARK_TRY(const ChipId chip, chip_argument(document["chip"].get<std::string>()));
  DAYMARK_CHECK(authority.chips().take_verdict(chip, body_of(call)));
  return json({{"stored", true}});
}

Outcome<HttpResponse> get_chips(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const Page page, page_of(call));
  DAYMARK_TRY(auto chips, authority.records().chips_page(page));
  const std::string next = cut_page(page, chips);
  std::vector<ChipFacts> all;
  for (const ChipRecord& chip : chips) {
    DAYMARK_TRY(ChipFacts facts, facts_of(authority, chip));
    all.push_back(std::move(facts));
  }
  DAYMARK_TRY(std::string text, chips_view(all, next));
  return net::json_response(200, std::move(text));
}

Outcome<HttpResponse> get_chip(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const order::Charter charter, about(authority.orders().charter(), "charter"));
  DAYMARK_TRY(const ChipId id, chip_argument(call.arguments[0]));
  DAYMARK_TRY(const ChipRecord chip, authority.chips().chip(id));
  DAYMARK_TRY(ChipFacts facts, facts_of(authority, chip));
  DAYMARK_TRY(facts.orders, authority.records().stream_after({id, 0}));
  DAYMARK_TRY(const auto verdicts, authority.records().documents(DocumentKind::verdict, id));
  for (const Document& verdict : verdicts)
    facts.verdict_json.emplace_back(text_of(verdict.body));
  DAYMARK_TRY(std::string text, chip_view(facts, charter));
  return net::json_response(200, std::move(text));
}

Outcome<HttpResponse> get_attestation(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const ChipId chip, chip_argument(call.arguments[0]));
  DAYMARK_TRY(const auto bytes, authority.chips().attestation(chip));
  if (bytes.empty()) return refuse(errc::authority_not_found, std::string(call.arguments[0]));
  return cbor_bytes(bytes);
}

template <DocumentKind Kind>
Outcome<HttpResponse> get_documents(Authority& authority, const RouteCall& call) {
  DAYMARK_TRY(const ChipId chip, chip_argument(call.arguments[0]));
  DAYMARK_TRY(const auto bytes, authority.chips().documents(Kind, chip));
  return cbor_bytes(bytes);
}

constexpr std::size_t statement_max = 8192;
constexpr std::size_t ranging_max = 80UL << 10;
constexpr std::size_t verdict_max = 256UL << 10;
constexpr std::size_t terms_max = 1UL << 20;

// Who may do what. A signer is a party of the charter: it reads what orders say, and brings its own
// to the log past any operator. An operator hands in a receipt where it enrols a chip.
constexpr Roles everybody = Roles::everybody();
constexpr Role operators = Role::fleet_operator;
constexpr Roles parties = operators | Role::signer;
constexpr Roles agents = Role::agent;
constexpr Roles readers = operators | Role::auditor;

constexpr auto table = std::to_array<Route>({
    {"GET", "/healthz", everybody, get_health},
    {"GET", "/readyz", operators | Role::monitor, get_ready},
    {"GET", "/metrics", operators | Role::monitor, get_metrics},
    {"GET", "/charter", everybody, get_charter},
    {"POST", "/orders", parties, post_order, order::order_file_size_max},
    {"GET", "/orders", parties | readers, get_orders},
    {"GET", "/orders/*", parties | readers, get_order},
    {"GET", "/orders/*/message", parties | readers, get_message},
    {"GET", "/orders/*/appeals", agents | parties | readers, get_order_appeals},
    {"POST", "/appeals", parties, post_appeal, statement_max},
    {"POST", "/findings", parties, post_finding, order::finding_file_size_max},
    {"GET", "/findings/*", parties | readers, get_finding},
    {"GET", "/feed", agents | readers, get_feed},
    {"POST", "/renewals", agents, post_renewal, statement_max},
    {"POST", "/renewals/group", operators, post_renewal_group, renewal_group_size_max},
    {"POST", "/batches", operators, post_batch, terms_max},
    {"GET", "/batches/*/leaves", parties | readers, get_batch_leaves},
    {"GET", "/leaves/*", agents | readers, get_leaf},
    {"GET", "/leaves/*/*", agents | readers, get_former_leaf},
    {"POST", "/receipts", agents | operators, post_receipt, statement_max},
    {"POST", "/attestations", agents, post_attestation, statement_max},
    {"POST", "/ranging/*", agents, post_ranging, ranging_max},
    {"POST", "/verdicts", Role::auditor, post_verdict, verdict_max},
    {"GET", "/chips", parties | readers, get_chips},
    {"GET", "/chips/*", parties | readers, get_chip},
    {"GET", "/chips/*/attestation", readers, get_attestation},
    {"GET", "/chips/*/receipts", readers, get_documents<DocumentKind::receipt>},
    {"GET", "/chips/*/ranging", readers, get_documents<DocumentKind::ranging>},
});

/// The part up to the next '/', taken off `rest`.
std::string_view take_part(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('/', 1), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end);
  return part;
}

}  // namespace

std::span<const Route> routes() {
  return table;
}

std::size_t largest_body() {
  return std::ranges::max(table, {}, &Route::body_max).body_max;
}

std::optional<std::vector<std::string_view>> match(std::string_view pattern,
                                                   std::string_view path) {
  std::vector<std::string_view> arguments;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_part(pattern);
    const std::string_view given = take_part(path);
    if (wanted == "/*" && given.size() > 1) {
      arguments.push_back(given.substr(1));
    } else if (wanted != given) {
      return std::nullopt;
    }
  }
  return pattern.empty() && path.empty() ? std::optional(arguments) : std::nullopt;
}

bool is_log_file(std::string_view path) {
  return path == "/checkpoint" || path.starts_with("/tile/");
}

}  // namespace daymark::authority
