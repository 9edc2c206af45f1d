// The list of approved programs of a policy and its tree.
#include "daymark/cbor/layout.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/order.h"
#include "daymark/tlog/merkle.h"

namespace daymark::order {

namespace {

constexpr std::size_t program_name_max = 48;

/// program = [name, digest]; `digest` is that of the program file.
constexpr auto program_layout = cbor::layout<Program>(
    cbor::items(2, field::programs), DAYMARK_MEMBER(Program, name, field::name, program_name_max),
    DAYMARK_MEMBER(Program, digest, field::programs));

Result<Program> read_program(ByteView encoded) {
  Program out;
  cbor::Reader in(encoded);
  DAYMARK_CHECK(cbor::read_layout(in, program_layout, out));
  DAYMARK_CHECK(in.expect_end());
  if (!internal::is_plain_text(out.name)) return fail(errc::order_content, field::name);
  return out;
}

/// Roots of complete subtrees, largest first, as in a binary counter: RFC 6962 §2.1 without
/// recursion.
class TreeBuilder {
 public:
  void add(Digest root) {
    for (std::size_t bit = leaves_; (bit & 1U) != 0; bit >>= 1U)
      root = tlog::hash_node(roots_[--depth_], root, tlog::program_tree);
    roots_[depth_++] = root;
    ++leaves_;
  }

  [[nodiscard]] Digest root() const {
    if (depth_ == 0) return tlog::empty_root();
    Digest out = roots_[depth_ - 1];
    for (std::size_t i = depth_ - 1; i-- > 0;)
      out = tlog::hash_node(roots_[i], out, tlog::program_tree);
    return out;
  }

 private:
  std::array<Digest, 8> roots_{};
  std::size_t depth_ = 0;
  std::size_t leaves_ = 0;
};

static_assert(programs_max < 1U << 8U);

}  // namespace

Result<ProgramList> parse_programs(ByteView programs) {
  ProgramList out;
  DAYMARK_CHECK(parse_programs_into(programs, out));
  return out;
}

Result<void> parse_programs_into(ByteView programs, ProgramList& out) {
  cbor::Reader in(programs);
  DAYMARK_TRY(const std::size_t count, in.enter_array(programs_max, field::programs));
  for (; out.count < count; ++out.count) {
    const std::size_t i = out.count;
    const std::uint32_t start = in.offset();
    DAYMARK_TRY(out.encoded[i], in.read_item(field::programs));
    DAYMARK_TRY(out.entries[i], read_program(out.encoded[i]));
    if (i > 0 && !(out.entries[i - 1].digest < out.entries[i].digest)) {
      return fail(errc::order_content, field::programs, start);
    }
  }
  return in.expect_end();
}

Digest program_root(const ProgramList& list) {
  TreeBuilder tree;
  for (const ByteView leaf : std::span(list.encoded).first(list.count))
    tree.add(tlog::hash_leaf(leaf, tlog::program_tree));
  return tree.root();
}

}  // namespace daymark::order
