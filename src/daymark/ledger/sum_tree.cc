#include "daymark/ledger/sum_tree.h"

#include <bit>
#include <limits>

#include "daymark/base/errors.h"
#include "daymark/crypto/ports.h"
#include "daymark/ledger/errors.h"

namespace daymark::ledger {

namespace {

constexpr std::string_view purpose = "daymark ledger v1";
constexpr Byte leaf_prefix = 0x00;
constexpr Byte node_prefix = 0x01;
constexpr Byte head_prefix = 0x02;
constexpr std::size_t sums_size = 32;

using SumsBytes = ByteArray<sums_size>;

template <std::size_t At>
void put_at(SumsBytes& out, std::uint64_t value) {
  put_big_endian(value, std::span<Byte>(out).subspan<At, 8>());
}

SumsBytes bytes_of_sums(const Sums& sums) {
  SumsBytes out{};
  put_at<0>(out, sums.ops_low.value);
  put_at<8>(out, sums.ops_high.value);
  put_at<16>(out, sums.joules.value);
  put_at<24>(out, sums.chip_millis.value);
  return out;
}

template <std::size_t At>
std::uint64_t get_at(const SumsBytes& in) {
  return get_big_endian<std::uint64_t>(std::span<const Byte>(in).subspan<At, 8>());
}

Sums sums_of_bytes(const SumsBytes& in) {
  return {{get_at<0>(in)}, {get_at<8>(in)}, {get_at<16>(in)}, {get_at<24>(in)}};
}

/// The tree's hash of one prefix byte and the parts of a leaf, node or head.
template <class... Parts>
Digest hash_of(Byte prefix, const Parts&... parts) {
  const std::array<ByteView, 1 + sizeof...(Parts)> views{ByteView(&prefix, 1), ByteView(parts)...};
  return crypto::tagged_hash(purpose, views);
}

Digest hash_children(const Node& left, const Node& right) {
  const SumsBytes left_sums = bytes_of_sums(left.sums);
  const SumsBytes right_sums = bytes_of_sums(right.sums);
  return hash_of(node_prefix, left.hash, left_sums, right.hash, right_sums);
}

/// For nodes of one tree whose total is known to fit.
Node joined(const Node& left, const Node& right) {
  const Sums& a = left.sums;
  const Sums& b = right.sums;
  return {hash_children(left, right),
          {{a.ops_low.value + b.ops_low.value},
           {a.ops_high.value + b.ops_high.value},
           {a.joules.value + b.joules.value},
           {a.chip_millis.value + b.chip_millis.value}}};
}

bool uses(std::uint64_t size, std::size_t height) {
  return ((size >> height) & 1) != 0;
}

/// One step of RFC 9162 §2.1.3.2 with nodes that carry sums.
struct Climb {
  std::uint64_t index = 0;
  std::uint64_t last = 0;
  Node node;

  Result<void> step(const Node& beside) {
    if (last == 0) return fail(errc::ledger_path);
    const bool right = (index & 1) != 0 || index == last;
    DAYMARK_TRY(node, right ? parent_of(beside, node) : parent_of(node, beside));
    // A last node without a sibling rises through the levels where it stands alone.
    while (right && (index & 1) == 0 && index != 0)
      shift();
    shift();
    return ok();
  }

  void shift() {
    index >>= 1;
    last >>= 1;
  }
};

}  // namespace

Result<Node> leaf_of(const UsageRecord& record) {
  ByteArray<record_size_max> buffer{};
  DAYMARK_TRY(const ByteView encoded, encode(record, buffer));
  return Node{hash_of(leaf_prefix, encoded), record.use};
}

Result<Node> parent_of(const Node& left, const Node& right) {
  DAYMARK_TRY(const Sums sums, add(left.sums, right.sums));
  return Node{hash_children(left, right), sums};
}

Digest head_hash(const Head& head) {
  ByteArray<8> size{};
  put_big_endian(head.size.value, std::span<Byte, 8>(size));
  const SumsBytes totals = bytes_of_sums(head.totals);
  return hash_of(head_prefix, size, head.root, totals);
}

Result<void> SumTree::append(const UsageRecord& record) {
  DAYMARK_CHECK(check_plausible(record, peak_));
  if (size_ == (std::uint64_t{1} << height_max) - 1) return fail(errc::ledger_full);
  DAYMARK_TRY(Node node, leaf_of(record));
  DAYMARK_TRY(totals_, add(totals_, record.use));
  std::size_t height = 0;
  while (uses(size_, height)) {
    node = joined(subtrees_[height], node);
    ++height;
  }
  subtrees_[height] = node;
  ++size_;
  return ok();
}

Head SumTree::head() const {
  if (size_ == 0) return {};
  auto height = static_cast<std::size_t>(std::countr_zero(size_));
  Node node = subtrees_[height];
  while (++height < height_max) {
    if (uses(size_, height)) node = joined(subtrees_[height], node);
  }
  return {{size_}, node.hash, totals_};
}

Result<ByteView> SumTree::save(MutableBytes out) const {
  cbor::Writer writer(out);
  put_state(writer);
  return writer.finish();
}

void SumTree::save(cbor::Writer& out) const {
  out.open_bytes(state_size());
  put_state(out);
}

std::size_t SumTree::state_size() const {
  return 8 + static_cast<std::size_t>(std::popcount(size_)) * node_size;
}

void SumTree::put_state(cbor::Writer& out) const {
  ByteArray<8> size{};
  put_big_endian(size_, std::span<Byte, 8>(size));
  out.put_raw(size);
  for (std::size_t height = height_max; height-- > 0;) {
    if (!uses(size_, height)) continue;
    out.put_raw(subtrees_[height].hash);
    out.put_raw(bytes_of_sums(subtrees_[height].sums));
  }
}

Result<SumTree> SumTree::load(ByteView state, Peak peak) {
  SumTree out(peak);
  DAYMARK_CHECK(out.restore(state, peak));
  return out;
}

Result<void> SumTree::restore(ByteView state, Peak peak) {
  peak_ = peak;
  if (state.size() < 8) return fail(errc::ledger_state);
  size_ = get_big_endian<std::uint64_t>(state.first<8>());
  if (size_ >> height_max != 0 || state.size() != state_size()) return fail(errc::ledger_state);
  totals_ = {};
  state = state.subspan(8);
  for (std::size_t height = height_max; height-- > 0;) {
    if (!uses(size_, height)) continue;
    Node& node = subtrees_[height];
    node = {array_of<32>(state.first(32)), sums_of_bytes(array_of<32>(state.subspan(32, 32)))};
    DAYMARK_TRY(totals_, add(totals_, node.sums));
    state = state.subspan(node_size);
  }
  return ok();
}

Result<void> verify_counted(const UsageRecord& record, const Path& path, const Head& head,
                            Peak peak) {
  DAYMARK_CHECK(check_plausible(record, peak));
  if (path.index.value >= head.size.value) return fail(errc::ledger_path);
  DAYMARK_TRY(const Node leaf, leaf_of(record));
  Climb climb{path.index.value, head.size.value - 1, leaf};
  for (const Node& beside : path.nodes)
    DAYMARK_CHECK(climb.step(beside));
  if (climb.last != 0) return fail(errc::ledger_path);
  if (climb.node.hash != head.root || climb.node.sums != head.totals) {
    return fail(errc::ledger_not_counted);
  }
  return ok();
}

}  // namespace daymark::ledger
