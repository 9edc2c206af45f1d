#include "daymark/base/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fstream>

#include <fmt/format.h>

#include "daymark/base/errors.h"

namespace daymark {

namespace {

using std::chrono::milliseconds;
using std::chrono::sys_days;
using std::chrono::sys_time;

/// 9999-12-31T23:59:59.999Z: the last time of RFC 3339.
constexpr UnixMillis last_time{253'402'300'799'999};

/// Reads exactly `width` digits at `at`, or -1.
int digits_at(std::string_view text, std::size_t at, std::size_t width) {
  if (at + width > text.size()) return -1;
  int value = 0;
  for (const char c : text.substr(at, width)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// Milliseconds of the fraction behind the seconds; sets `at` behind it; -1 if malformed.
int fraction_at(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return 0;
  int millis = 0;
  int scale = 100;
  const std::size_t first = ++at;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
    millis += (text[at] - '0') * scale;
  }
  return at == first ? -1 : millis;
}

/// Minutes east of UTC for "Z" or "+08:00", if that ends the text.
Result<int> zone_at(std::string_view text, std::size_t at) {
  if (text.substr(at) == "Z" || text.substr(at) == "z") return 0;
  const int hour = digits_at(text, at + 1, 2);
  const int minute = digits_at(text, at + 4, 2);
  const bool form =
      text.size() == at + 6 && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':';
  if (!form || hour < 0 || hour > 23 || minute < 0 || minute > 59)
    return fail(errc::time_malformed, field::time);
  return (text[at] == '-' ? -1 : 1) * (hour * 60 + minute);
}

Result<sys_days> day_of(std::string_view text) {
  const int year = digits_at(text, 0, 4);
  const int month = digits_at(text, 5, 2);
  const int day = digits_at(text, 8, 2);
  const bool form =
      text.size() > 19 && text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == 't');
  if (!form || year < 1970 || month < 0 || day < 0) return fail(errc::time_malformed, field::time);
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return fail(errc::time_malformed, field::time);
  return sys_days{date};
}

}  // namespace

std::string to_rfc3339(UnixMillis time) {
  const auto shown = std::clamp(time, UnixMillis{0}, last_time);
  const sys_time<milliseconds> point{milliseconds{shown.value}};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{point - day};
  std::string out =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (const auto millis = clock.subseconds().count(); millis != 0)
    out += fmt::format(".{:03}", millis);
  return out + "Z";
}

Result<UnixMillis> from_rfc3339(std::string_view text) {
  DAYMARK_TRY(const sys_days day, day_of(text));
  const int hour = digits_at(text, 11, 2);
  const int minute = digits_at(text, 14, 2);
  const int second = digits_at(text, 17, 2);
  const bool form = text[13] == ':' && text[16] == ':';
  const bool range =
      hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  if (!form || !range) return fail(errc::time_malformed, field::time);
  std::size_t at = 19;
  const int fraction = fraction_at(text, at);
  if (fraction < 0 || at >= text.size()) return fail(errc::time_malformed, field::time);
  DAYMARK_TRY(const int zone, zone_at(text, at));
  const std::int64_t days = day.time_since_epoch().count();
  const std::int64_t total = ((days * 24 + hour) * 60 + minute - zone) * 60 + second;
  const UnixMillis time{total * 1000 + fraction};
  if (time < UnixMillis{0} || time > last_time) return fail(errc::time_malformed, field::time);
  return time;
}

Result<Millis> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || text.front() == '-' || count > 1'000'000'000)
    return fail(errc::duration_malformed, field::text);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit == "ms") return Millis{count};
  if (unit == "s") return seconds(count);
  if (unit == "m") return minutes(count);
  if (unit == "h") return hours(count);
  if (unit == "d") return days(count);
  return fail(errc::duration_malformed, field::text);
}

std::string to_words(Millis span) {
  struct Unit {
    std::int64_t millis;
    std::string_view name;
  };

  constexpr std::array<Unit, 4> units{
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "min"}, {1000, "s"}}};
  std::string out = span.value < 0 ? "-" : "";
  std::int64_t rest = span.value < 0 ? (-span).value : span.value;
  int parts = 0;
  for (const Unit& unit : units) {
    if (rest < unit.millis || parts == 2) continue;
    out += fmt::format("{}{} {}", parts > 0 ? " " : "", rest / unit.millis, unit.name);
    rest %= unit.millis;
    ++parts;
  }
  return parts == 0 ? fmt::format("{} ms", span.value) : out;
}

UnixMillis SystemClock::now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<milliseconds>(since).count()};
}

TickMillis SystemClock::tick() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<milliseconds>(since).count()};
}

ControlledClock::ControlledClock(std::string offset_file) : file_(std::move(offset_file)) {}

UnixMillis ControlledClock::now() {
  return system_.now() + offset();
}

TickMillis ControlledClock::tick() {
  return system_.tick() + offset();
}

Millis ControlledClock::offset() const {
  std::ifstream in(file_);
  std::int64_t millis = 0;
  return in >> millis ? Millis{millis} : Millis{0};
}

}  // namespace daymark
