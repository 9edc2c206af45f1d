// UTC times as text, and the clocks of the host.
#pragma once

#include <string>
#include <string_view>

#include "daymark/base/result.h"
#include "daymark/base/units.h"

namespace daymark {

/// "2026-03-01T12:00:00Z", with ".250" only where milliseconds are not zero. Times before 1970
/// and after 9999 are shown as the nearest time within.
[[nodiscard]] std::string to_rfc3339(UnixMillis time);

/// RFC 3339 with "Z" or an offset, years 1970 to 9999, no leap second. Errors:
/// errc::time_malformed.
[[nodiscard]] Result<UnixMillis> from_rfc3339(std::string_view text);

/// "90s", "15m", "6h", "2d" or "250ms". Errors: errc::duration_malformed.
[[nodiscard]] Result<Millis> parse_duration(std::string_view text);

/// "6 h", "2 d 3 h", "45 s": at most two units, for people.
[[nodiscard]] std::string to_words(Millis span);

/// What time it is. Implementations: SystemClock, ControlledClock, and the tests' own.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual UnixMillis now() = 0;
  /// Never goes back while the process lives; its zero means nothing.
  [[nodiscard]] virtual TickMillis tick() = 0;
};

/// The machine's own clocks. Safe from several threads.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] UnixMillis now() override;
  [[nodiscard]] TickMillis tick() override;
};

/// The machine's clocks plus an offset in milliseconds that a file holds: a rehearsal steps the
/// file and days pass in seconds. Simulation only; whoever uses it says so to the user. A missing
/// or unreadable file counts as offset 0. Safe from several threads.
class ControlledClock final : public Clock {
 public:
  explicit ControlledClock(std::string offset_file);
  [[nodiscard]] UnixMillis now() override;
  [[nodiscard]] TickMillis tick() override;

 private:
  [[nodiscard]] Millis offset() const;

  std::string file_;
  SystemClock system_;
};

}  // namespace daymark
