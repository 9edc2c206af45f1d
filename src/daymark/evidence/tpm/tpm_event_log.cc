#include "daymark/evidence/tpm/tpm_event_log.h"

#include <algorithm>
#include <array>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"
#include "daymark/evidence/tpm/tpm_hash_internal.h"
#include "daymark/evidence/tpm/tpm_public.h"
#include "daymark/evidence/tpm/tpm_structures.h"

namespace daymark::evidence {

namespace {

constexpr std::uint32_t no_action = 3;
constexpr std::uint32_t no_pcr = 0xFFFFFFFF;
constexpr std::string_view agile_mark("Spec ID Event03\0", 16);
constexpr std::string_view older_mark = "Spec ID Event0";
constexpr std::string_view locality_mark("StartupLocality\0", 16);
constexpr std::size_t sha1_size = 20;

struct EventTypeName {
  std::uint32_t type;
  std::string_view name;
};

// TCG PC Client Platform Firmware Profile §10.4.1.
constexpr std::array<EventTypeName, 29> event_type_names{{
    {0x00, "prior to boot"},
    {0x01, "POST code"},
    {0x03, "no action (not extended)"},
    {0x04, "separator"},
    {0x05, "action"},
    {0x06, "event tag"},
    {0x07, "static root: contents"},
    {0x08, "static root: version"},
    {0x09, "CPU microcode"},
    {0x0A, "platform configuration flags"},
    {0x0B, "table of devices"},
    {0x0C, "compact hash"},
    {0x0D, "initial program loader"},
    {0x0E, "partition data of the loader"},
    {0x0F, "non-host code"},
    {0x10, "non-host configuration"},
    {0x11, "non-host information"},
    {0x12, "omitted boot device"},
    {0x80000001, "EFI variable: driver configuration"},
    {0x80000002, "EFI variable: boot"},
    {0x80000003, "EFI boot services application"},
    {0x80000004, "EFI boot services driver"},
    {0x80000005, "EFI runtime services driver"},
    {0x80000006, "EFI partition table"},
    {0x80000007, "EFI action"},
    {0x80000008, "EFI platform firmware"},
    {0x80000009, "EFI tables"},
    {0x8000000A, "EFI platform firmware (2)"},
    {0x800000E0, "EFI variable: authority"},
}};

/// Reads little-endian fields; what doesn't fit is remembered.
class LogFields {
 public:
  explicit LogFields(ByteView input) : input_(input) {}

  template <class Unsigned>
  Unsigned number() {
    const ByteView bytes = take(sizeof(Unsigned));
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
      value = value << 8U | bytes[i];
    return static_cast<Unsigned>(value);
  }

  ByteView take(std::size_t size) {
    broken_ = broken_ || size > input_.size() - at_;
    if (broken_) return {};
    at_ += size;
    return input_.subspan(at_ - size, size);
  }

  [[nodiscard]] bool at_end() const { return at_ == input_.size(); }

  [[nodiscard]] bool broken() const { return broken_; }

  [[nodiscard]] std::uint32_t at() const { return static_cast<std::uint32_t>(at_); }

 private:
  ByteView input_;
  std::size_t at_ = 0;
  bool broken_ = false;
};

class LogReader {
 public:
  explicit LogReader(ByteView log) : in_(log) {}

  Result<EventLog> read() {
    DAYMARK_CHECK(read_header());
    while (!in_.at_end()) {
      DAYMARK_CHECK(read_event());
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::unexpected<Error> fail_at(Errc code, std::uint32_t offset) const {
    return fail(code, field::tpm_event, offset);
  }

  /// TCG_PCR_EVENT with a Spec ID event in it.
  Result<void> read_header() {
    LogEvent& header = out_.header;
    header.pcr = in_.number<std::uint32_t>();
    header.type = in_.number<std::uint32_t>();
    (void)in_.take(sha1_size);
    header.data = in_.take(in_.number<std::uint32_t>());
    header.size = in_.at();
    if (in_.broken()) return fail_at(errc::tpmlog_form, 0);
    const std::string_view text = text_of(header.data);
    if (header.type == no_action && text.starts_with(agile_mark)) return read_algorithms();
    // The older form has no header, or one with another mark.
    const bool older =
        header.type == no_action ? text.starts_with(older_mark) : header.pcr < pcr_count;
    return fail_at(older ? errc::tpmlog_sha1 : errc::tpmlog_form, 0);
  }

  /// TCG_EfiSpecIdEvent.
  Result<void> read_algorithms() {
    LogFields in(out_.header.data);
    (void)in.take(agile_mark.size());
    (void)in.take(8);  // class, version, errata, size of a native integer
    const auto count = in.number<std::uint32_t>();
    if (!in.broken() && (count == 0 || count > event_algorithms_max)) {
      return fail_at(errc::tpmlog_algorithms, 0);
    }
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto hash = in.number<std::uint16_t>();
      DAYMARK_CHECK(add_algorithm({hash, in.number<std::uint16_t>()}));
    }
    (void)in.take(in.number<std::uint8_t>());  // the vendor's own
    if (in.broken() || !in.at_end()) return fail_at(errc::tpmlog_form, 0);
    const bool only_sha1 = std::ranges::all_of(
        out_.algorithms, [](const EventAlgorithm& one) { return one.hash == tpm_alg::sha1; });
    return only_sha1 ? fail_at(errc::tpmlog_sha1, 0) : ok();
  }

  Result<void> add_algorithm(EventAlgorithm one) {
    const std::size_t known = tpm_hash_size(one.hash);
    const bool wrong = one.size == 0 || one.size > 64 || (known != 0 && known != one.size);
    if (wrong || out_.place_of(one.hash)) return fail_at(errc::tpmlog_algorithms, 0);
    out_.algorithms.push_back(one);
    return ok();
  }

  /// TCG_PCR_EVENT2.
  Result<void> read_event() {
    LogEvent event;
    event.offset = in_.at();
    event.pcr = in_.number<std::uint32_t>();
    event.type = in_.number<std::uint32_t>();
    DAYMARK_CHECK(read_digests(event));
    event.data = in_.take(in_.number<std::uint32_t>());
    event.size = in_.at() - event.offset;
    if (in_.broken()) return fail_at(errc::tpmlog_form, event.offset);
    const bool nowhere = event.pcr == no_pcr && !event.extends();
    if (event.pcr >= pcr_count && !nowhere) return fail_at(errc::tpmlog_pcr, event.offset);
    DAYMARK_CHECK(note_locality(event));
    out_.events.push_back(event);
    return ok();
  }

  /// TPML_DIGEST_VALUES: one of each algorithm, in any order.
  Result<void> read_digests(LogEvent& event) {
    const auto count = in_.number<std::uint32_t>();
    if (in_.broken()) return fail_at(errc::tpmlog_form, event.offset);
    if (count != out_.algorithms.size()) return fail_at(errc::tpmlog_digests, event.offset);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto hash = in_.number<std::uint16_t>();
      const auto place = out_.place_of(hash);
      if (in_.broken()) return fail_at(errc::tpmlog_form, event.offset);
      if (!place || !event.digests.at(*place).empty()) {
        return fail_at(errc::tpmlog_digests, event.offset);
      }
      event.digests.at(*place) = in_.take(out_.algorithms[*place].size);
    }
    return ok();
  }

  /// EV_NO_ACTION "StartupLocality": before PCR 0 is extended, once.
  Result<void> note_locality(const LogEvent& event) {
    if (event.extends()) {
      started_ = started_ || event.pcr == 0;
      return ok();
    }
    if (!text_of(event.data).starts_with(locality_mark)) return ok();
    const bool good = event.data.size() == locality_mark.size() + 1 && event.pcr == 0 &&
                      !started_ && !out_.start_locality &&
                      (event.data.back() == 0 || event.data.back() == 3 || event.data.back() == 4);
    if (!good) return fail_at(errc::tpmlog_locality, event.offset);
    out_.start_locality = event.data.back();
    return ok();
  }

  LogFields in_;
  EventLog out_;
  bool started_ = false;
};

}  // namespace

std::optional<std::size_t> EventLog::place_of(std::uint16_t hash) const {
  const auto found = std::ranges::find(algorithms, hash, &EventAlgorithm::hash);
  if (found == algorithms.end()) return std::nullopt;
  return static_cast<std::size_t>(found - algorithms.begin());
}

std::string_view event_type_name(std::uint32_t type) {
  const auto* const found = std::ranges::find(event_type_names, type, &EventTypeName::type);
  return found == event_type_names.end() ? std::string_view() : found->name;
}

Result<EventLog> parse_event_log(ByteView log) {
  if (log.size() > event_log_max) return fail(errc::tpmlog_too_large, field::tpm_event);
  return LogReader(log).read();
}

Result<PcrValues> replay_event_log(const EventLog& log, std::uint16_t hash) {
  const auto place = log.place_of(hash);
  const std::size_t size = tpm_hash_size(hash);
  if (!place || size == 0) return fail(errc::tpmlog_bank_missing, field::tpm_event);
  PcrValues out;
  for (const LogEvent& event : log.events) {
    if (!event.extends()) continue;
    const auto [found, fresh] = out.try_emplace(event.pcr, size, Byte{0});
    std::vector<Byte>& value = found->second;
    if (fresh && event.pcr == 0) value.back() = log.start_locality.value_or(0);
    const std::array<ByteView, 2> parts{value, event.digests.at(*place)};
    value = tpm_digest(hash, parts);
  }
  return out;
}

}  // namespace daymark::evidence
