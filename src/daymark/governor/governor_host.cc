// What only a host asks of a core in its own process: no chip carries it.
#include "daymark/governor/errors.h"
#include "daymark/governor/governor.h"

namespace daymark::governor {

Result<ranging::AnswerTag> Governor::answer(const ChallengeRequest& challenge) const {
  if (broken_) return fail(errc::gov_storage);
  DAYMARK_CHECK(require_enrolled());
  return timekeeper_.answer(challenge);
}

}  // namespace daymark::governor
