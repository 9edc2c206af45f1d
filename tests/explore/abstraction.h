// The abstraction: what of a chip's concrete state decides what it will do.
//
// Two concrete states are the same abstract state when all of this agrees:
//
//   life, enrolment nonce drawn; which charter holds (first or later revision, first or other
//   fleet) and what the other charter is;
//   whether the true time stands on a full unit or an instant before one;
//   the chip's clock: fresh, how much longer, earliest and latest and the saved floor relative to
//   the true time;
//   stream heads: position, capped at 2;
//   the licence and the one that follows: start and end relative to the true time, used up or not,
//   which terms; denial; request outstanding; whether any usage was counted;
//   grace left and reserved, capped at 4 s; emergency time granted;
//   announced orders in sequence: kind, stream, start, end, how far a version rises;
//   suspension: stream, end, length, rest by the chip's tick, how much of it by earliest; appeals:
//   against what, term, end, confirmed;
//   what is left of the year's suspensions, and how far what was served reaches beyond the true
//   time, earliest and the saved floor; policy bound; a firmware approved;
//   lapsed since when; running permit and its rest; session with beacon 0;
//   what the host holds: an order kept back, an order to replay.
//
// Left out, because nothing is decided by it: keys, nonces, salts, hashes (each names one order,
// and stands in one place alone), counters and numbers beyond "next" and "earlier" (save counter,
// leaf numbers, refusals), the ledger's content, and working memory. Relative times are cut off
// where a longer span decides nothing: see `relative` in abstraction.cc for each. The test
// "EqualAbstractStatesBehaveAlike" holds this against the machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actions.h"

namespace daymark::explore {

/// The abstract state of the actor's machine, as bytes that can be compared.
[[nodiscard]] std::string abstraction(Actor& actor);

/// One part of an abstract state: a span of time, or a flag or count.
struct Word {
  std::int64_t value = 0;
  bool span = false;

  friend bool operator==(const Word&, const Word&) = default;
};

[[nodiscard]] std::vector<Word> words_of(std::string_view state);

/// What the abstract state holds to the second, exactly.
struct RoundedSpans {
  Millis rest;    ///< of the suspension, by the chip's tick; 0 without one
  Millis length;  ///< of the suspension from its start to its end
  Millis served;  ///< from its start to earliest
  Millis budget;  ///< what is left of the year's suspensions
};

[[nodiscard]] RoundedSpans rounded_spans(Actor& actor);

/// How far grace (left, reserved, saved) and what is left of the year's suspensions, where it
/// counts by the millisecond, lie off whole seconds; the most of them. A chip gets there an instant
/// at a time: a reset between a licence and the next save, or a suspension lifted right after its
/// start, takes one each, and all else is as it was.
[[nodiscard]] Millis off_seconds(Actor& actor);

/// All grace, reserved or not; by asking the chip.
[[nodiscard]] Millis grace_of(Actor& actor);

/// Whether the chip counts its time in `lapsed`.
[[nodiscard]] bool is_lapsed(Actor& actor);

}  // namespace daymark::explore
