#include "daymark/order/leaf.h"

#include "daymark/base/renew.h"
#include "daymark/cbor/layout.h"
#include "daymark/order/errors.h"
#include "daymark/order/fence_internal.h"
#include "daymark/order/fields_internal.h"
#include "daymark/tlog/errors.h"

namespace daymark::order {

namespace {

using cbor::as;
using cbor::Form;
using cbor::put_layout;
using cbor::read_layout;
using cbor::Reader;
using cbor::Writer;

constexpr std::size_t leaf_items = 20;
constexpr std::size_t least_level_max = 4;

/// From the kind to the link; behind them the fence.
constexpr auto leaf_front_layout = cbor::layout<Leaf>(
    DAYMARK_MEMBER(Leaf, kind, field::kind, 1), DAYMARK_MEMBER(Leaf, chip, field::chip),
    DAYMARK_MEMBER(Leaf, id, field::licence), DAYMARK_MEMBER(Leaf, request, field::request),
    DAYMARK_MEMBER(Leaf, fleet.seq, field::sequence),
    DAYMARK_MEMBER(Leaf, fleet.hash, field::predecessor),
    DAYMARK_MEMBER(Leaf, own.seq, field::sequence),
    DAYMARK_MEMBER(Leaf, own.hash, field::predecessor),
    as(Form::unix_seconds, DAYMARK_MEMBER(Leaf, not_before, field::validity)),
    as(Form::unix_seconds, DAYMARK_MEMBER(Leaf, not_after, field::validity)),
    DAYMARK_MEMBER(Leaf, allowance.value, field::licence),
    DAYMARK_MEMBER(Leaf, cluster_max, field::licence),
    DAYMARK_MEMBER(Leaf, link_megabytes_per_second, field::licence));

constexpr auto terms_layout = cbor::layout<Leaf>(
    DAYMARK_MEMBER(Leaf, program_root, field::programs),
    DAYMARK_MEMBER(Leaf, level_least, field::licence, least_level_max),
    DAYMARK_MEMBER(Leaf, job_classes, field::licence), DAYMARK_MEMBER(Leaf, salt, field::salt));

/// denial = [reason, finding hash, appeal until]; a licence has null here (PROTOCOL §4.1, §4.3).
constexpr auto denial_layout =
    cbor::layout<Leaf>(cbor::items(3, field::denial),
                       DAYMARK_MEMBER(Leaf, denial_reason, field::reason, reason_size_max),
                       DAYMARK_MEMBER(Leaf, finding, field::finding),
                       as(Form::unix_seconds, DAYMARK_MEMBER(Leaf, appeal_until, field::denial)));

Result<void> read_terms(Reader& in, Leaf& out) {
  out.has_fence = !in.next_is_null();
  if (out.has_fence) {
    DAYMARK_CHECK(internal::read_fence(in, out.fence));
  } else {
    DAYMARK_CHECK(in.read_null(field::fence));
  }
  return read_layout(in, terms_layout, out);
}

Result<void> read_denial(Reader& in, Leaf& out) {
  if (out.kind == LeafKind::licence) return in.read_null(field::denial);
  const std::uint32_t start = in.offset();
  DAYMARK_CHECK(read_layout(in, denial_layout, out));
  const bool said = internal::is_plain_text(out.denial_reason);
  return said ? ok() : fail(errc::leaf_malformed, field::reason, start);
}

}  // namespace

Result<void> parse_leaf_into(ByteView encoded, Leaf& out) {
  if (encoded.size() > leaf_size_max) return fail(errc::leaf_malformed);
  renew(out);
  Reader in(encoded);
  DAYMARK_CHECK(in.enter_array_of(leaf_items));
  DAYMARK_CHECK(internal::read_version(in, errc::leaf_malformed));
  DAYMARK_CHECK(read_layout(in, leaf_front_layout, out));
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
  out.open_array(leaf_items);
  out.put_unsigned(1);
  put_layout(out, leaf_front_layout, leaf);
  if (leaf.has_fence) {
    internal::put_fence(out, leaf.fence);
  } else {
    out.put_null();
  }
  put_layout(out, terms_layout, leaf);
  if (leaf.kind == LeafKind::licence) return out.put_null();
  put_layout(out, denial_layout, leaf);
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
