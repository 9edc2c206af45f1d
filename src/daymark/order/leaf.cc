#include "daymark/order/leaf.h"

#include "daymark/cbor/reader.h"
#include "daymark/order/errors.h"
#include "daymark/order/fence_internal.h"
#include "daymark/order/fields_internal.h"
#include "daymark/tlog/errors.h"

namespace daymark::order {

namespace {

using cbor::Reader;
using cbor::Writer;
using internal::read_digest;
using internal::read_time;
using internal::read_unsigned_32;

constexpr std::size_t leaf_items = 20;
constexpr std::uint64_t least_level_max = 4;

Result<void> read_front(Reader& in, Leaf& out) {
  DAYMARK_CHECK(in.enter_array_of(leaf_items));
  DAYMARK_CHECK(internal::read_version(in, errc::leaf_malformed));
  DAYMARK_TRY(const std::uint64_t kind, in.read_unsigned_up_to(1, field::kind));
  out.kind = static_cast<LeafKind>(kind);
  DAYMARK_TRY(out.chip.bytes, in.read_array_of_bytes<ChipId::size>(field::chip));
  DAYMARK_TRY(out.id, in.read_unsigned(field::licence));
  DAYMARK_TRY(out.request, read_digest(in, field::request));
  DAYMARK_TRY(out.fleet, internal::read_head(in));
  DAYMARK_TRY(out.own, internal::read_head(in));
  DAYMARK_TRY(out.not_before, read_time(in, field::validity));
  DAYMARK_TRY(out.not_after, read_time(in, field::validity));
  return ok();
}

Result<void> read_terms(Reader& in, Leaf& out) {
  DAYMARK_TRY(out.allowance.value, in.read_unsigned(field::licence));
  DAYMARK_TRY(out.cluster_max, read_unsigned_32(in, field::licence));
  DAYMARK_TRY(out.link_megabytes_per_second, read_unsigned_32(in, field::licence));
  out.has_fence = !in.next_is_null();
  if (out.has_fence) {
    DAYMARK_CHECK(internal::read_fence(in, out.fence));
  } else {
    DAYMARK_CHECK(in.read_null(field::fence));
  }
  DAYMARK_TRY(out.program_root, read_digest(in, field::programs));
  DAYMARK_TRY(const std::uint64_t level, in.read_unsigned_up_to(least_level_max, field::licence));
  out.level_least = static_cast<std::uint8_t>(level);
  DAYMARK_TRY(out.job_classes, read_unsigned_32(in, field::licence));
  DAYMARK_TRY(out.salt, in.read_array_of_bytes<16>(field::salt));
  return ok();
}

/// denial = [reason, finding hash, appeal until]; a licence has null here (PROTOCOL §4.1, §4.3).
Result<void> read_denial(Reader& in, Leaf& out) {
  if (out.kind == LeafKind::licence) return in.read_null(field::denial);
  const std::uint32_t start = in.offset();
  DAYMARK_CHECK(in.enter_array_of(3, field::denial));
  DAYMARK_TRY(out.denial_reason, in.read_text(reason_size_max, field::reason));
  DAYMARK_TRY(out.finding, read_digest(in, field::finding));
  DAYMARK_TRY(out.appeal_until, read_time(in, field::denial));
  const bool said = internal::is_plain_text(out.denial_reason);
  return said ? ok() : fail(errc::leaf_malformed, field::reason, start);
}

void put_front(Writer& out, const Leaf& leaf) {
  out.open_array(leaf_items);
  out.put_unsigned(1);
  out.put_unsigned(static_cast<std::uint64_t>(leaf.kind));
  out.put_bytes(leaf.chip.view());
  out.put_unsigned(leaf.id);
  out.put_bytes(leaf.request);
  internal::put_head(out, leaf.fleet);
  internal::put_head(out, leaf.own);
  internal::put_time(out, leaf.not_before);
  internal::put_time(out, leaf.not_after);
}

void put_terms(Writer& out, const Leaf& leaf) {
  out.put_unsigned(leaf.allowance.value);
  out.put_unsigned(leaf.cluster_max);
  out.put_unsigned(leaf.link_megabytes_per_second);
  if (leaf.has_fence) {
    internal::put_fence(out, leaf.fence);
  } else {
    out.put_null();
  }
  out.put_bytes(leaf.program_root);
  out.put_unsigned(leaf.level_least);
  out.put_unsigned(leaf.job_classes);
  out.put_bytes(leaf.salt);
}

void put_denial(Writer& out, const Leaf& leaf) {
  if (leaf.kind == LeafKind::licence) return out.put_null();
  out.open_array(3);
  out.put_text(leaf.denial_reason);
  out.put_bytes(leaf.finding);
  internal::put_time(out, leaf.appeal_until);
}

}  // namespace

Result<void> parse_leaf_into(ByteView encoded, Leaf& out) {
  if (encoded.size() > leaf_size_max) return fail(errc::leaf_malformed);
  out = {};
  Reader in(encoded);
  DAYMARK_CHECK(read_front(in, out));
  DAYMARK_CHECK(read_terms(in, out));
  DAYMARK_CHECK(read_denial(in, out));
  DAYMARK_CHECK(in.expect_end());
  const bool lasts = out.not_before < out.not_after;
  if (out.kind == LeafKind::licence && !lasts) return fail(errc::leaf_malformed, field::validity);
  return ok();
}

Result<Leaf> parse_leaf(ByteView encoded) {
  Leaf out;
  DAYMARK_CHECK(parse_leaf_into(encoded, out));
  return out;
}

Result<ByteView> write_leaf(const Leaf& leaf, MutableBytes out) {
  Writer writer(out);
  put_leaf(leaf, writer);
  return writer.finish();
}

void put_leaf(const Leaf& leaf, Writer& out) {
  put_front(out, leaf);
  put_terms(out, leaf);
  put_denial(out, leaf);
}

Result<ProvenLeaf> prove_leaf(ByteView encoded, const LeafPath& where, const ProvenOrder& batch,
                              Leaf& storage) {
  if (batch.order().kind != OrderKind::license) return fail(errc::order_kind, field::kind);
  DAYMARK_CHECK(parse_leaf_into(encoded, storage));
  ProvenLeaf out;
  out.hash_ = tlog::hash_leaf(encoded, tlog::batch_tree);
  DAYMARK_TRY(const Digest root,
              tlog::root_from_path(out.hash_, where.index, TreeSize{batch.order().count},
                                   where.path, tlog::batch_tree));
  if (root != batch.order().batch_root) return fail(errc::tlog_root, field::batch_root);
  out.leaf_ = &storage;
  return out;
}

}  // namespace daymark::order
