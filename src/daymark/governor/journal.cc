#include "daymark/governor/journal.h"

#include "daymark/governor/fields_internal.h"

namespace daymark::governor {

namespace {

constexpr unsigned slot_of(std::uint64_t counter) {
  return static_cast<unsigned>(counter % 2);
}

/// state = [1, [life, counter, …], …]
Result<std::uint64_t> peek_counter(ByteView content) {
  cbor::Reader in(content);
  DAYMARK_CHECK(in.enter_array_of(7));
  DAYMARK_TRY([[maybe_unused]] const std::uint64_t version, in.read_unsigned());
  DAYMARK_CHECK(in.enter_array_of(7));
  DAYMARK_TRY([[maybe_unused]] const std::uint64_t life, in.read_unsigned());
  return in.read_unsigned();
}

/// How much of a state is on the stack while it is written: no more than a signature needs there.
constexpr std::size_t piece_size = 2048;

class Appender final : public cbor::Sink {
 public:
  explicit Appender(Storage& storage) : storage_(storage) {}

  [[nodiscard]] Result<void> take(ByteView piece) override {
    size_ += piece.size();
    if (size_ + sizeof(Digest) > slot_size_max) return fail(errc::buffer_too_small);
    return storage_.append(piece);
  }

 private:
  Storage& storage_;
  std::size_t size_ = 0;
};

}  // namespace

Journal::Journal(Storage& storage, const crypto::SecretKey& chip)
    : storage_(storage), key_(crypto::tagged_hash("daymark governor state v1", chip.seed)) {}

Digest Journal::seal(ByteView content) const {
  return crypto::hmac_sha256(key_, std::span<const ByteView>(&content, 1));
}

Result<ByteView> Journal::content_of(unsigned index) {
  DAYMARK_TRY(const ByteView slot, storage_.load(index));
  if (slot.size() <= sizeof(Digest)) return ByteView();
  const ByteView content = slot.subspan(sizeof(Digest));
  const bool whole = crypto::equal_secret(seal(content), slot.first(sizeof(Digest)));
  return whole ? content : ByteView();
}

Result<bool> Journal::try_slot(std::uint64_t counter, ledger::Peak peak, State& out) {
  DAYMARK_TRY(const ByteView content, content_of(slot_of(counter)));
  if (content.empty()) return false;
  DAYMARK_TRY(const std::uint64_t number, peek_counter(content));
  if (number != counter) return false;
  DAYMARK_CHECK(read_state(content, peak, out));
  return true;
}

Result<void> Journal::open(ledger::Peak peak, State& out) {
  DAYMARK_TRY(const std::uint64_t counter, storage_.counter());
  DAYMARK_TRY(const bool newer, try_slot(counter + 1, peak, out));
  if (newer) return storage_.advance_counter();
  if (counter == 0) return ok();
  DAYMARK_TRY(const bool held, try_slot(counter, peak, out));
  if (held) return ok();
  DAYMARK_TRY(const ByteView first, content_of(0));
  if (!first.empty()) return fail(errc::gov_rolled_back, field::counter);
  DAYMARK_TRY(const ByteView second, content_of(1));
  return fail(second.empty() ? errc::gov_state_lost : errc::gov_rolled_back, field::counter);
}

Result<void> Journal::append_state(const State& state) {
  ByteArray<piece_size> piece;
  Appender appender(storage_);
  cbor::Writer out(piece, appender);
  put_state(state, out);
  return out.flush();
}

Result<void> Journal::save(State& state) {
  ++state.counter;
  DAYMARK_CHECK(storage_.begin(slot_of(state.counter)));
  DAYMARK_CHECK(append_state(state));
  DAYMARK_CHECK(storage_.finish(seal(storage_.appended())));
  DAYMARK_CHECK(storage_.advance_counter());
  return view_charters(storage_.appended(), state);
}

}  // namespace daymark::governor
