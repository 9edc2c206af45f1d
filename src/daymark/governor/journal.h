// Two slots and a counter: a state is replaced whole or not at all, and never goes back. Core.
//
//   slot = HMAC-SHA-256(key of this chip, content) || content
//
// The state that follows counter c is written into slot (c + 1) % 2 with the number c + 1; only
// then the counter moves. Loss of power
//   - while the slot is written leaves slot c % 2 and counter c: the old state;
//   - between both steps leaves a whole slot c + 1 and counter c: the new state, and the counter is
//     moved when it is opened;
// A whole copy of the slots from an earlier day has lower numbers than the counter: it is refused.
#pragma once

#include "daymark/governor/ports.h"
#include "daymark/governor/state.h"

namespace daymark::governor {

class Journal {
 public:
  /// `chip` keys the slots, so that a slot of another chip or an edited one counts as empty.
  Journal(Storage& storage, const crypto::SecretKey& chip);

  /// Loads the newest state into `out`, which views its charters in the storage; a new device
  /// leaves `out` as it is. Errors: errc::gov_storage, errc::gov_rolled_back, errc::gov_state_lost,
  /// those of read_state.
  [[nodiscard]] Result<void> open(ledger::Peak peak, State& out);

  /// Numbers `state`, saves it, and makes it view its charters where they were saved. After an
  /// error the device may hold the old or the new state, so the caller must stop and open again.
  /// Errors: errc::gov_storage, errc::buffer_too_small.
  [[nodiscard]] Result<void> save(State& state);

 private:
  [[nodiscard]] Result<bool> try_slot(std::uint64_t counter, ledger::Peak peak, State& out);
  [[nodiscard]] Result<ByteView> content_of(unsigned index);
  [[nodiscard]] Result<void> append_state(const State& state);
  [[nodiscard]] Digest seal(ByteView content) const;

  Storage& storage_;
  Digest key_;
};

}  // namespace daymark::governor
