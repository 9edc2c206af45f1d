// The check of a whole item, without recursion: open containers lie in a fixed stack.
#include <algorithm>
#include <limits>

#include "daymark/cbor/errors.h"
#include "daymark/cbor/head_internal.h"

namespace daymark::cbor {

namespace internal {

namespace {

/// Keys of open maps that are remembered together, to find duplicates in any order.
constexpr std::size_t open_keys_max = 1024;

struct Range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// One open array, map, tag or indefinite string.
struct Frame {
  Byte major = 0;
  bool indefinite = false;
  bool key_next = false;
  /// Keys so far are of shortest form and ascend.
  bool ascending = true;
  bool all_remembered = true;
  /// Items still to come where the length is definite.
  std::uint64_t left = 0;
  std::uint64_t tag = 0;
  Range last_key;
  std::size_t first_remembered = 0;
};

/// Walks the first item of the input, one head after another.
class Checker {
 public:
  /// `keys` is the space for remembered keys; the deterministic profile needs none.
  Checker(ByteView input, Profile profile, std::span<Range> keys)
      : input_(input), profile_(profile), keys_(keys) {}

  /// Returns the bytes of the item.
  Result<std::size_t> run() {
    do {
      DAYMARK_CHECK(step());
    } while (depth_ > 0);
    return at_;
  }

 private:
  Result<void> step() {
    if (at_break()) return close_indefinite();
    DAYMARK_TRY(const ItemHead head, head_at(input_, at_, profile_));
    DAYMARK_CHECK(check_place(head));
    if (head.is_container() || head.indefinite()) return open(head);
    DAYMARK_TRY(const std::size_t size, scalar_size(head));
    const Range item{here(), static_cast<std::uint32_t>(at_ + size)};
    if (depth_ > 0 && top().major == major_map && top().key_next) DAYMARK_CHECK(take_key(item));
    at_ += size;
    finish_items();
    return ok();
  }

  [[nodiscard]] bool at_break() const {
    return is_foreign(profile_) && depth_ > 0 && top().indefinite && at_ < input_.size() &&
           input_[at_] == break_byte;
  }

  Result<void> close_indefinite() {
    // RFC 8949 §3.2.2: no break between a key and its value.
    if (top().major == major_map && !top().key_next) return fail_here(errc::cbor_reserved);
    ++at_;
    pop();
    finish_items();
    return ok();
  }

  /// What the container around allows here.
  [[nodiscard]] Result<void> check_place(const ItemHead& head) const {
    if (depth_ == 0) return ok();
    const Frame& around = top();
    const bool chunk = around.major == major_bytes || around.major == major_text;
    // RFC 8949 §3.2.3: chunks are definite strings of the same major type.
    if (chunk && (head.major != around.major || head.indefinite())) {
      return fail_here(errc::cbor_type);
    }
    // Keys are integers, definite strings and simple values: of these alone equality is plain.
    const bool no_key = head.is_container() || head.is_float() || head.indefinite();
    if (around.major == major_map && around.key_next && no_key) return fail_here(errc::cbor_type);
    return check_bignum(around, head);
  }

  /// RFC 8949 §3.4.3: a bignum that fits into a head, or starts with zero, is not preferred.
  [[nodiscard]] Result<void> check_bignum(const Frame& around, const ItemHead& head) const {
    const bool bignum = around.major == major_tag && (around.tag == 2 || around.tag == 3);
    if (!bignum || is_foreign(profile_)) return ok();
    if (head.major != major_bytes) return fail_here(errc::cbor_type);
    const std::size_t first = at_ + head.size;
    const bool shortest = head.argument > 8 && first < input_.size() && input_[first] != 0;
    return shortest ? ok() : fail_here(errc::cbor_not_shortest);
  }

  [[nodiscard]] Result<std::size_t> scalar_size(const ItemHead& head) const {
    if (!head.is_string()) return head.size;
    if (head.argument > input_.size() - at_ - head.size) return fail_here(errc::cbor_truncated);
    const auto length = static_cast<std::size_t>(head.argument);
    if (head.major == major_text && !is_utf8(input_.subspan(at_ + head.size, length))) {
      return fail_here(errc::cbor_text);
    }
    return head.size + length;
  }

  Result<void> open(const ItemHead& head) {
    if (depth_ == depth_max) return fail_here(errc::cbor_depth);
    const std::uint64_t room = input_.size() - at_ - head.size;
    Frame frame;
    frame.major = head.major;
    frame.indefinite = is_foreign(profile_) && head.indefinite();
    frame.key_next = head.major == major_map;
    frame.first_remembered = remembered_;
    if (head.major == major_tag) {
      frame.tag = head.argument;
      frame.left = 1;
    } else if (!frame.indefinite) {
      // Each item takes a byte at least: a lying count ends here and not after a long walk.
      const unsigned per_entry = head.major == major_map ? 2 : 1;
      if (head.argument > room / per_entry) return fail_here(errc::cbor_truncated);
      frame.left = head.argument * per_entry;
    }
    at_ += head.size;
    stack_[depth_++] = frame;
    if (!frame.indefinite && frame.left == 0) {
      pop();
      finish_items();
    }
    return ok();
  }

  /// An item is complete: so may be the containers around it.
  void finish_items() {
    while (depth_ > 0) {
      Frame& around = top();
      if (around.major == major_map) around.key_next = !around.key_next;
      if ((is_foreign(profile_) && around.indefinite) || --around.left > 0) return;
      pop();
    }
  }

  void pop() { remembered_ = stack_[--depth_].first_remembered; }

  /// RFC 8949 §5.6 and §4.2.1: no key twice; in the deterministic profile ascending.
  Result<void> take_key(Range key) {
    Frame& map = top();
    const bool first = map.last_key.end == 0;
    const int order = first ? 1 : compare(bytes(key), bytes(map.last_key));
    map.last_key = key;
    if (!is_foreign(profile_)) {
      if (order > 0) return ok();
      return fail_here(order == 0 ? errc::cbor_key_duplicate : errc::cbor_key_order);
    }
    map.ascending = map.ascending && order > 0 && is_shortest_key(key);
    if (!map.ascending) DAYMARK_CHECK(check_new(map, key));
    remember(map, key);
    return ok();
  }

  /// The key differs from all before it in value, however long its head is.
  [[nodiscard]] Result<void> check_new(const Frame& map, Range key) const {
    if (!map.all_remembered) return fail_here(errc::cbor_length);
    const auto known = keys_.subspan(map.first_remembered, remembered_ - map.first_remembered);
    const bool duplicate =
        std::ranges::any_of(known, [&](Range other) { return same_key(other, key); });
    return duplicate ? fail_here(errc::cbor_key_duplicate) : ok();
  }

  void remember(Frame& map, Range key) {
    if (remembered_ < keys_.size()) {
      keys_[remembered_++] = key;
    } else {
      map.all_remembered = false;
    }
  }

  [[nodiscard]] bool is_shortest_key(Range key) const {
    return head_at(input_, key.begin, Profile::deterministic).has_value();
  }

  [[nodiscard]] bool same_key(Range a, Range b) const {
    const auto head_a = head_at(input_, a.begin, Profile::foreign);
    const auto head_b = head_at(input_, b.begin, Profile::foreign);
    if (!head_a || !head_b) return false;
    return head_a->major == head_b->major && head_a->argument == head_b->argument &&
           equal(bytes(a).subspan(head_a->size), bytes(b).subspan(head_b->size));
  }

  [[nodiscard]] ByteView bytes(Range range) const {
    return input_.subspan(range.begin, range.end - range.begin);
  }

  /// Bytewise lexicographic order.
  static int compare(ByteView a, ByteView b) {
    const int order = std::memcmp(a.data(), b.data(), std::min(a.size(), b.size()));
    if (order != 0) return order;
    if (a.size() == b.size()) return 0;
    return a.size() < b.size() ? -1 : 1;
  }

  [[nodiscard]] std::unexpected<Error> fail_here(Errc code) const {
    return fail(code, no_field, here());
  }

  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(at_); }

  [[nodiscard]] Frame& top() { return stack_[depth_ - 1]; }

  [[nodiscard]] const Frame& top() const { return stack_[depth_ - 1]; }

  ByteView input_;
  std::size_t at_ = 0;
  Profile profile_;
  unsigned depth_ = 0;
  std::array<Frame, depth_max> stack_{};
  std::span<Range> keys_;
  std::size_t remembered_ = 0;
};

/// Apart, so that the deterministic profile doesn't pay for these keys on the stack.
[[gnu::noinline]] Result<std::size_t> foreign_size(ByteView input) {
  std::array<Range, open_keys_max> keys{};
  return Checker(input, Profile::foreign, keys).run();
}

}  // namespace

Result<std::size_t> first_item_size(ByteView input, Profile profile) {
  if (input.size() > std::numeric_limits<std::uint32_t>::max()) return fail(errc::cbor_length);
  if (is_foreign(profile)) return foreign_size(input);
  return Checker(input, profile, {}).run();
}

}  // namespace internal

Result<void> check_item(ByteView input, Profile profile) {
  DAYMARK_TRY(const std::size_t size, internal::first_item_size(input, profile));
  if (size == input.size()) return ok();
  return fail(errc::cbor_trailing, no_field, static_cast<std::uint32_t>(size));
}

}  // namespace daymark::cbor
