// What a monitor has to say. Host only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daymark/base/error_table.h"
#include "daymark/base/ids.h"
#include "daymark/base/units.h"
#include "daymark/order/kind.h"

namespace daymark::monitor {

/// The order that an alarm is about.
struct AlarmOrder {
  Digest hash{};
  order::OrderKind kind = order::OrderKind::suspend;
  LeafIndex entry;
  std::vector<ChipId> chips;  ///< of those that are followed
  std::string reason;         ///< where the monitor could open it
  /// When it binds at the earliest: the log's time of an entry is known as a span, from the head
  /// before it to the first head that has it. 0 where it can't be told.
  UnixMillis binds_at;
};

/// One finding, worth waking somebody. `code` is the rule; `cause` what broke it, where the rule
/// alone doesn't say.
struct Alarm {
  Alarm(Errc rule, std::string about) : code(rule), subject(std::move(about)) {}

  Errc code;
  std::string subject;  ///< a log, a file, a URL
  std::string detail;
  std::optional<Errc> cause;
  std::optional<AlarmOrder> order;
  /// Texts that prove it to others, e.g. two signed heads; the folder keeps them as files.
  std::vector<std::string> evidence;
};

/// One line of JSON; `now` gives the time that is left to notice an order.
[[nodiscard]] std::string to_json(const Alarm& alarm, UnixMillis now,
                                  Language language = Language::english);

/// One or more lines for people, each with its line feed.
[[nodiscard]] std::string to_text(const Alarm& alarm, UnixMillis now,
                                  Language language = Language::english);

}  // namespace daymark::monitor
