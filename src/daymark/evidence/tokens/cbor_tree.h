// One item of foreign CBOR as a tree: what tokens, CoRIM and COSE of others are read from.
//
// The whole item is checked first (cbor::check_item, foreign profile): well-formed, at most 16
// deep, no key twice, nothing behind it. Nothing is ever encoded again: views point into the input,
// so that signatures cover the bytes as they came.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/cbor/reader.h"

namespace daymark::evidence {

class CborItem;
struct CborPair;

/// Memory is at most 64 bytes for each byte of input. Immutable; safe from several threads. The
/// input must outlive it.
class CborTree {
 public:
  /// Errors: any errc::cbor_*, with the offset. A refused item costs no heap.
  [[nodiscard]] static Result<CborTree> parse(ByteView input);

  [[nodiscard]] CborItem root() const;

  /// Bytes of heap that the tree holds.
  [[nodiscard]] std::size_t memory() const { return nodes_.capacity() * sizeof(Node); }

 private:
  friend class CborItem;

  /// One item; nodes stand in the order of their first bytes.
  struct Node {
    std::uint64_t argument = 0;
    std::uint32_t begin = 0;
    std::uint32_t content = 0;  ///< behind the head
    std::uint32_t end = 0;
    std::uint32_t next = 0;  ///< the node behind this one and all below it
    std::uint32_t children = 0;
    Byte type = 0;  ///< a cbor::Type, in one byte
    bool indefinite = false;
  };

  explicit CborTree(ByteView input) : input_(input) {}

  std::size_t add(std::size_t at);
  std::size_t add_children(std::size_t node, std::size_t at);
  [[nodiscard]] std::size_t skip_chunks(std::size_t at) const;

  ByteView input_;
  std::vector<Node> nodes_;
};

/// One item of a tree, which must outlive it. Errors of reading: errc::cbor_type for another type,
/// errc::cbor_range, errc::cbor_length, errc::cbor_indefinite for a string in chunks.
class CborItem {
 public:
  [[nodiscard]] cbor::Type type() const { return static_cast<cbor::Type>(node().type); }

  /// Of its first byte in the input.
  [[nodiscard]] std::uint32_t offset() const { return node().begin; }

  /// Its encoding as it came.
  [[nodiscard]] ByteView raw() const;
  [[nodiscard]] bool is_null() const;

  [[nodiscard]] bool is(cbor::Type kind) const { return type() == kind; }

  [[nodiscard]] Result<std::int64_t> integer(FieldId field = no_field) const;
  [[nodiscard]] Result<std::uint64_t> unsigned_integer(FieldId field = no_field) const;
  [[nodiscard]] Result<bool> boolean(FieldId field = no_field) const;
  [[nodiscard]] Result<ByteView> bytes(std::size_t least, std::size_t most,
                                       FieldId field = no_field) const;
  [[nodiscard]] Result<std::string_view> text(std::size_t most, FieldId field = no_field) const;

  /// The number of a tag; 0 for what is no tag.
  [[nodiscard]] std::uint64_t tag() const;
  /// What stands in a tag; the item itself for what is no tag.
  [[nodiscard]] CborItem content() const;

  /// Items of an array. Errors: errc::cbor_type.
  [[nodiscard]] Result<std::vector<CborItem>> items(FieldId field = no_field) const;
  /// Pairs of a map, in the order in which they came. Errors: errc::cbor_type.
  [[nodiscard]] Result<std::vector<CborPair>> pairs(FieldId field = no_field) const;
  /// The value with this integer key; nothing where it is absent or this is no map.
  [[nodiscard]] std::optional<CborItem> find(std::int64_t key) const;

  [[nodiscard]] std::unexpected<Error> fail_here(Errc code, FieldId field = no_field) const {
    return fail(code, field, offset());
  }

 private:
  friend class CborTree;

  CborItem(const CborTree& tree, std::size_t index) : tree_(&tree), index_(index) {}

  [[nodiscard]] const CborTree::Node& node() const { return tree_->nodes_[index_]; }

  [[nodiscard]] std::vector<CborItem> children() const;
  [[nodiscard]] Result<ByteView> string(cbor::Type kind, FieldId field) const;

  const CborTree* tree_;
  std::size_t index_;
};

struct CborPair {
  CborItem key;
  CborItem value;
};

/// Diagnostic notation of an item, shortened to `most` characters: to show what is not understood.
[[nodiscard]] std::string cbor_words(const CborItem& item, std::size_t most = 200);

}  // namespace daymark::evidence
