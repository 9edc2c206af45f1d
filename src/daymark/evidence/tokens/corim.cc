#include "daymark/evidence/tokens/corim.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daymark/cbor/errors.h"
#include "daymark/evidence/errors.h"

namespace daymark::evidence {

namespace {

using cbor::Type;

constexpr std::uint64_t tag_epoch = 1;
constexpr std::uint64_t tag_corim = 501;
constexpr std::uint64_t tag_comid = 506;
constexpr std::uint64_t tag_psa_component = 601;
constexpr std::int64_t corim_type_label = 3;
constexpr std::int64_t meta_label = 8;
constexpr std::string_view corim_content = "application/rim+cbor";
constexpr std::int64_t epoch_most = 253402300799;

std::unexpected<Error> corim_refused(const CborItem& item) {
  return item.fail_here(errc::corim_form, field::corim_part);
}

Result<std::vector<CborItem>> corim_list(const CborItem& item) {
  auto out = item.items();
  if (!out || out->size() > corim_parts_max) return corim_refused(item);
  return out;
}

/// What stands behind a key; an absent one is the map's error.
Result<CborItem> part_of(const CborItem& map, std::int64_t key) {
  const auto found = map.find(key);
  if (!found) return corim_refused(map);
  return *found;
}

/// Triples of draft-ietf-rats-corim §5.1.4 that are not read: they say when other values hold, and
/// a reader that passed over them silently would take too much for known.
std::string name_of_triples(const CborItem& key) {
  switch (key.integer().value_or(-1)) {
    case 4: return "domain dependencies";
    case 5: return "domain memberships";
    case 6: return "CoSWID links";
    case 8: return "series of conditional endorsements";
    case 10: return "conditional endorsements";
    default: return fmt::format("triples {}", cbor_words(key));
  }
}

/// Entries of a map that nobody here reads.
Result<std::vector<CorimUnknown>> unread(const CborItem& map, std::string_view name,
                                         std::initializer_list<std::int64_t> known) {
  const auto pairs = map.pairs();
  if (!pairs) return corim_refused(map);
  std::vector<CorimUnknown> out;
  for (const CborPair& pair : *pairs) {
    const auto key = pair.key.integer();
    if (key && std::ranges::find(known, *key) != known.end()) continue;
    const std::string words = name == "triples" ? name_of_triples(pair.key)
                                                : fmt::format("{} {}", name, cbor_words(pair.key));
    out.push_back({words, cbor_words(pair.value), pair.value.offset()});
  }
  return out;
}

Result<CorimEnvironment> read_environment(const CborItem& item) {
  if (!item.is(Type::map)) return corim_refused(item);
  CorimEnvironment out;
  out.words = cbor_words(item);
  const auto group = item.find(0);
  if (!group) return out;
  if (!group->is(Type::map)) return corim_refused(*group);
  if (const auto id = group->find(0)) {
    const auto bytes = id->content().bytes(0, token_size_max);
    if (bytes) out.class_id = *bytes;
  }
  const auto vendor = group->find(1);
  const auto model = group->find(2);
  if (vendor) out.vendor = vendor->text(token_size_max).value_or("");
  if (model) out.model = model->text(token_size_max).value_or("");
  return out;
}

Result<void> read_digests(const CborItem& list, CorimMeasurement& out) {
  DAYMARK_TRY(const auto items, corim_list(list));
  out.digests.reserve(items.size());
  for (const CborItem& item : items) {
    DAYMARK_TRY(const auto pair, corim_list(item));
    if (pair.size() != 2) return corim_refused(item);
    const auto value = pair[1].bytes(0, token_size_max);
    const bool named = pair[0].integer().has_value() || pair[0].is(Type::text);
    if (!value || !named) return corim_refused(item);
    out.digests.push_back({pair[0].integer().value_or(0), *value});
  }
  return ok();
}

Result<void> read_component_key(const CborItem& key, CorimMeasurement& out) {
  out.key = cbor_words(key);
  if (key.tag() != tag_psa_component) return ok();
  const CborItem map = key.content();
  if (const auto type = map.find(1)) {
    DAYMARK_TRY(out.component, type->text(token_size_max, field::corim_part));
  }
  if (const auto version = map.find(4)) {
    DAYMARK_TRY(out.version, version->text(token_size_max, field::corim_part));
  }
  DAYMARK_TRY(const CborItem signer, part_of(map, 5));
  DAYMARK_TRY(out.signer, signer.bytes(0, token_size_max, field::corim_part));
  return ok();
}

/// measurement-map: {? 0 mkey, 1 mval, ? 2 authorized-by}
Result<CorimMeasurement> read_measurement(const CborItem& item) {
  DAYMARK_TRY(const CborItem value, part_of(item, 1));
  const auto entries = value.pairs();
  if (!entries || entries->empty()) return corim_refused(value);
  CorimMeasurement out;
  out.offset = item.offset();
  out.words = cbor_words(value);
  if (const auto key = item.find(0)) DAYMARK_CHECK(read_component_key(*key, out));
  if (const auto digests = value.find(2)) DAYMARK_CHECK(read_digests(*digests, out));
  return out;
}

Result<CorimTriple> read_values(const CborItem& item, std::string_view kind) {
  DAYMARK_TRY(const auto pair, corim_list(item));
  if (pair.size() != 2) return corim_refused(item);
  CorimTriple out;
  out.kind = kind;
  DAYMARK_TRY(out.environment, read_environment(pair[0]));
  DAYMARK_TRY(const auto measurements, corim_list(pair[1]));
  if (measurements.empty()) return corim_refused(pair[1]);
  out.measurements.reserve(measurements.size());
  for (const CborItem& one : measurements) {
    DAYMARK_TRY(out.measurements.emplace_back(), read_measurement(one));
  }
  return out;
}

/// [environment, [+ key], ? conditions]
Result<CorimKeys> read_keys(const CborItem& item, std::string_view kind) {
  DAYMARK_TRY(const auto parts, corim_list(item));
  if (parts.size() < 2 || parts.size() > 3) return corim_refused(item);
  CorimKeys out;
  out.kind = kind;
  DAYMARK_TRY(out.environment, read_environment(parts[0]));
  DAYMARK_TRY(const auto keys, corim_list(parts[1]));
  if (keys.empty()) return corim_refused(parts[1]);
  out.keys.reserve(keys.size());
  for (const CborItem& key : keys)
    out.keys.push_back(cbor_words(key));
  return out;
}

/// References and endorsements have values, the other two kinds have keys.
Result<void> read_triple(const CborItem& item, bool values, std::string_view kind, Comid& out) {
  if (values) {
    DAYMARK_TRY(out.triples.emplace_back(), read_values(item, kind));
  } else {
    DAYMARK_TRY(out.keys.emplace_back(), read_keys(item, kind));
  }
  return ok();
}

Result<void> read_triples(const CborItem& map, Comid& out) {
  constexpr std::array<std::string_view, 4> kinds{"reference values", "endorsed values",
                                                  "identity keys", "attestation keys"};
  for (std::int64_t label = 0; label < 4; ++label) {
    const auto list = map.find(label);
    if (!list) continue;
    DAYMARK_TRY(const auto items, corim_list(*list));
    const std::string_view kind = kinds.at(static_cast<std::size_t>(label));
    for (const CborItem& item : items) {
      DAYMARK_CHECK(read_triple(item, label < 2, kind, out));
    }
  }
  DAYMARK_TRY(const auto unknown, unread(map, "triples", {0, 1, 2, 3}));
  out.unknown.insert(out.unknown.end(), unknown.begin(), unknown.end());
  return ok();
}

Result<Comid> comid_of(const CborItem& map) {
  Comid out;
  DAYMARK_TRY(out.unknown, unread(map, "CoMID", {1, 4}));
  DAYMARK_TRY(const CborItem identity, part_of(map, 1));
  DAYMARK_TRY(const CborItem id, part_of(identity, 0));
  out.id = cbor_words(id);
  DAYMARK_TRY(const CborItem triples, part_of(map, 4));
  const auto pairs = triples.pairs();
  if (!pairs || pairs->empty()) return corim_refused(triples);
  DAYMARK_CHECK(read_triples(triples, out));
  return out;
}

struct CorimValidity {
  std::optional<UnixMillis> not_before;
  std::optional<UnixMillis> not_after;
};

Result<std::optional<UnixMillis>> epoch_of(const std::optional<CborItem>& item) {
  if (!item) return std::optional<UnixMillis>{};
  const auto seconds = item->content().integer();
  const bool fits = seconds && *seconds >= 0 && *seconds <= epoch_most;
  if (item->tag() != tag_epoch || !fits) return corim_refused(*item);
  return std::optional(UnixMillis{*seconds * 1000});
}

/// validity-map: {? 0 not-before, 1 not-after}
Result<CorimValidity> read_validity(const std::optional<CborItem>& map) {
  CorimValidity out;
  if (!map) return out;
  if (!map->is(Type::map)) return corim_refused(*map);
  DAYMARK_TRY(out.not_before, epoch_of(map->find(0)));
  DAYMARK_TRY(out.not_after, epoch_of(map->find(1)));
  return out;
}

Result<void> read_tags(const CborItem& list, Corim& out) {
  DAYMARK_TRY(const auto items, corim_list(list));
  if (items.empty()) return corim_refused(list);
  for (const CborItem& item : items) {
    if (item.tag() != tag_comid) {
      out.unknown.push_back({fmt::format("tag {}", item.tag()), cbor_words(item), item.offset()});
      continue;
    }
    const auto bytes = item.content().bytes(0, token_size_max);
    if (!bytes) return corim_refused(item);
    DAYMARK_TRY(out.comids.emplace_back(), read_comid(*bytes));
  }
  return ok();
}

/// Validity that the signer states in the protected header (corim-meta); absent where there is no
/// header 8. The content type must be CoRIM's.
Result<CorimValidity> read_signed_header(ByteView header) {
  DAYMARK_TRY(const CborTree tree, CborTree::parse(header));
  const auto type = tree.root().find(corim_type_label);
  const auto words = type ? type->text(token_size_max) : Result<std::string_view>("");
  if (words != Result<std::string_view>(corim_content)) return corim_refused(tree.root());
  const auto meta = tree.root().find(meta_label);
  if (!meta) return CorimValidity{};
  DAYMARK_TRY(const ByteView bytes, meta->bytes(0, token_size_max, field::corim_part));
  DAYMARK_TRY(const CborTree inner, CborTree::parse(bytes));
  if (!inner.root().is(Type::map)) return corim_refused(inner.root());
  return read_validity(inner.root().find(1));
}

bool holds_at(std::optional<UnixMillis> begin, std::optional<UnixMillis> end, UnixMillis time) {
  return (!begin || *begin <= time) && (!end || time <= *end);
}

}  // namespace

Result<Corim> read_corim(ByteView content, CorimForm form) {
  if (content.size() > token_size_max) return fail(errc::cbor_length, field::corim_part);
  DAYMARK_TRY(const CborTree tree, CborTree::parse(content));
  const CborItem root = tree.root();
  if (root.tag() != tag_corim && (form == CorimForm::tagged || root.is(Type::tag))) {
    return root.fail_here(root.is(Type::map) ? errc::corim_untagged : errc::corim_form,
                          field::corim_part);
  }
  const CborItem map = root.content();
  Corim out;
  DAYMARK_TRY(out.unknown, unread(map, "CoRIM", {0, 1, 3, 4}));
  DAYMARK_TRY(const CborItem id, part_of(map, 0));
  out.id = cbor_words(id);
  if (const auto profile = map.find(3)) out.profile = cbor_words(*profile);
  DAYMARK_TRY(const CorimValidity validity, read_validity(map.find(4)));
  out.not_before = validity.not_before;
  out.not_after = validity.not_after;
  DAYMARK_TRY(const CborItem tags, part_of(map, 1));
  DAYMARK_CHECK(read_tags(tags, out));
  return out;
}

Result<Comid> read_comid(ByteView content) {
  DAYMARK_TRY(const CborTree tree, CborTree::parse(content));
  const CborItem root = tree.root();
  if (root.is(Type::tag) && root.tag() != tag_comid) return corim_refused(root);
  const CborItem inner = root.content();
  if (!inner.is(Type::bytes)) return comid_of(inner);
  DAYMARK_TRY(const ByteView bytes, inner.bytes(0, token_size_max, field::corim_part));
  DAYMARK_TRY(const CborTree map, CborTree::parse(bytes));
  return comid_of(map.root());
}

bool is_corim(ByteView content) {
  constexpr ByteArray<3> head{0xD9, 0x01, 0xF5};
  return content.size() > head.size() && equal(content.first(head.size()), head);
}

Result<void> VerifiedCorim::check_valid_at(UnixMillis time) const {
  const bool valid = holds_at(parts_->not_before, parts_->not_after, time) &&
                     holds_at(corim().not_before, corim().not_after, time);
  return valid ? ok() : fail(errc::corim_time, field::corim_part);
}

Result<VerifiedCorim> verify_corim(ByteView file, const VerifyingKey& key) {
  if (is_corim(file)) return fail(errc::corim_unsigned, field::corim_part);
  auto parts = std::make_shared<VerifiedCorim::Parts>();
  parts->file.assign(file.begin(), file.end());
  DAYMARK_TRY(const CoseMessage message, parse_cose(parts->file, Untagged::refused));
  DAYMARK_TRY(const auto content, verify_cose(message, key));
  DAYMARK_TRY(const CorimValidity validity, read_signed_header(message.protected_header));
  parts->not_before = validity.not_before;
  parts->not_after = validity.not_after;
  DAYMARK_TRY(parts->corim, read_corim(content.content()));
  return VerifiedCorim(std::move(parts));
}

}  // namespace daymark::evidence
