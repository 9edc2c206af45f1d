#include "daymark/evidence/tokens/cbor_tree.h"

#include <limits>

#include "daymark/cbor/errors.h"
#include "daymark/cbor/head_internal.h"
#include "daymark/cbor/show_internal.h"

namespace daymark::evidence {

namespace {

using cbor::Profile;
using cbor::Type;
using cbor::internal::ItemHead;

/// A quarter of what fits 32-bit offsets: far above every limit of a caller.
constexpr std::size_t tree_input_max = 1UL << 30;
constexpr Byte null_encoding = 0xF6;
constexpr std::uint64_t simple_true = 21;
constexpr std::uint64_t simple_false = 20;

Type tree_type(const ItemHead& head) {
  using enum Type;
  constexpr std::array<Type, 8> types{
      unsigned_integer, negative_integer, bytes, text, array, map, tag, simple};
  return head.is_float() ? floating : types.at(head.major);
}

/// The head of an item that was checked.
ItemHead checked_head(ByteView input, std::size_t at) {
  return cbor::internal::head_at(input, at, Profile::foreign).value_or(ItemHead{});
}

}  // namespace

Result<CborTree> CborTree::parse(ByteView input) {
  if (input.size() > tree_input_max) return fail(errc::cbor_length);
  DAYMARK_CHECK(cbor::check_item(input, Profile::foreign));
  CborTree out(input);
  out.add(0);
  return out;
}

std::size_t CborTree::skip_chunks(std::size_t at) const {
  while (input_[at] != cbor::internal::break_byte) {
    const ItemHead chunk = checked_head(input_, at);
    at += chunk.size + static_cast<std::size_t>(chunk.argument);
  }
  return at + 1;
}

std::size_t CborTree::add_children(std::size_t node, std::size_t at) {
  const Node parent = nodes_[node];
  const auto type = static_cast<Type>(parent.type);
  std::uint64_t count = type == Type::tag ? 1 : parent.argument;
  if (type == Type::map) count *= 2;
  std::uint32_t added = 0;
  while (parent.indefinite ? input_[at] != cbor::internal::break_byte : added < count) {
    at = add(at);
    ++added;
  }
  nodes_[node].children = added;
  return parent.indefinite ? at + 1 : at;
}

std::size_t CborTree::add(std::size_t at) {
  const ItemHead head = checked_head(input_, at);
  const std::size_t index = nodes_.size();
  Node& node = nodes_.emplace_back();
  node.argument = head.argument;
  node.begin = static_cast<std::uint32_t>(at);
  node.content = static_cast<std::uint32_t>(at + head.size);
  node.type = static_cast<Byte>(tree_type(head));
  node.indefinite = head.indefinite();
  at += head.size;
  if (head.is_string()) {
    at = head.indefinite() ? skip_chunks(at) : at + static_cast<std::size_t>(head.argument);
  } else if (head.is_container()) {
    at = add_children(index, at);
  }
  nodes_[index].end = static_cast<std::uint32_t>(at);
  nodes_[index].next = static_cast<std::uint32_t>(nodes_.size());
  return at;
}

CborItem CborTree::root() const {
  return {*this, 0};
}

ByteView CborItem::raw() const {
  return tree_->input_.subspan(node().begin, node().end - node().begin);
}

bool CborItem::is_null() const {
  return equal(raw(), ByteView(&null_encoding, 1));
}

Result<std::int64_t> CborItem::integer(FieldId field) const {
  const bool negative = is(Type::negative_integer);
  if (!negative && !is(Type::unsigned_integer)) return fail_here(errc::cbor_type, field);
  if (node().argument > std::numeric_limits<std::int64_t>::max()) {
    return fail_here(errc::cbor_range, field);
  }
  const auto value = static_cast<std::int64_t>(node().argument);
  return negative ? -1 - value : value;
}

Result<std::uint64_t> CborItem::unsigned_integer(FieldId field) const {
  if (!is(Type::unsigned_integer)) return fail_here(errc::cbor_type, field);
  return node().argument;
}

Result<bool> CborItem::boolean(FieldId field) const {
  const bool known = node().argument == simple_true || node().argument == simple_false;
  if (!is(Type::simple) || !known) return fail_here(errc::cbor_type, field);
  return node().argument == simple_true;
}

Result<ByteView> CborItem::string(Type kind, FieldId field) const {
  if (!is(kind)) return fail_here(errc::cbor_type, field);
  if (node().indefinite) return fail_here(errc::cbor_indefinite, field);
  return tree_->input_.subspan(node().content, node().end - node().content);
}

Result<ByteView> CborItem::bytes(std::size_t least, std::size_t most, FieldId field) const {
  DAYMARK_TRY(const ByteView out, string(Type::bytes, field));
  if (out.size() < least || out.size() > most) return fail_here(errc::cbor_length, field);
  return out;
}

Result<std::string_view> CborItem::text(std::size_t most, FieldId field) const {
  DAYMARK_TRY(const ByteView out, string(Type::text, field));
  if (out.size() > most) return fail_here(errc::cbor_length, field);
  return text_of(out);
}

std::uint64_t CborItem::tag() const {
  return is(Type::tag) ? node().argument : 0;
}

CborItem CborItem::content() const {
  return is(Type::tag) ? CborItem(*tree_, index_ + 1) : *this;
}

std::vector<CborItem> CborItem::children() const {
  std::vector<CborItem> out;
  out.reserve(node().children);
  for (std::size_t at = index_ + 1; at < node().next; at = tree_->nodes_[at].next)
    out.push_back(CborItem(*tree_, at));
  return out;
}

Result<std::vector<CborItem>> CborItem::items(FieldId field) const {
  if (!is(Type::array)) return fail_here(errc::cbor_type, field);
  return children();
}

Result<std::vector<CborPair>> CborItem::pairs(FieldId field) const {
  if (!is(Type::map)) return fail_here(errc::cbor_type, field);
  const std::vector<CborItem> all = children();
  std::vector<CborPair> out;
  out.reserve(all.size() / 2);
  for (std::size_t i = 0; i + 1 < all.size(); i += 2)
    out.push_back({all[i], all[i + 1]});
  return out;
}

std::optional<CborItem> CborItem::find(std::int64_t key) const {
  if (!is(Type::map)) return std::nullopt;
  for (std::size_t at = index_ + 1; at < node().next;) {
    const std::size_t value = tree_->nodes_[at].next;
    if (CborItem(*tree_, at).integer() == Result<std::int64_t>(key)) return CborItem(*tree_, value);
    at = tree_->nodes_[value].next;
  }
  return std::nullopt;
}

std::string cbor_words(const CborItem& item, std::size_t most) {
  std::string out = cbor::internal::to_diagnostic(item.raw()).value_or("?");
  if (out.size() > most) out = out.substr(0, most) + "…";
  return out;
}

}  // namespace daymark::evidence
