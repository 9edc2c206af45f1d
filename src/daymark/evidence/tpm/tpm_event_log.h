// Event logs of measured boot in the crypto-agile form (TCG PC Client Platform Firmware Profile
// §10.4; all integers little-endian): what was extended into which PCR, and to what it adds up.
//
// A log proves nothing by itself: it explains PCR values that a TPM signed (tpm_quote.h). Views
// point into the input; a parsed log takes at most sixteen times the memory of its bytes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence {

inline constexpr std::size_t event_log_max = 4UL << 20;
/// Algorithms that one log announces at most.
inline constexpr std::size_t event_algorithms_max = 5;

/// TCG_EfiSpecIdEventAlgorithmSize.
struct EventAlgorithm {
  std::uint16_t hash = 0;  ///< TPM_ALG_ID
  std::uint16_t size = 0;  ///< bytes of a digest
};

/// TCG_PCR_EVENT2, or the header in the older form, whose digest does not count.
struct LogEvent {
  std::uint32_t offset = 0;  ///< in the log
  std::uint32_t size = 0;    ///< bytes of the whole event
  std::uint32_t pcr = 0;
  std::uint32_t type = 0;
  /// In the order of the log's algorithms; empty views for an event that extends nothing.
  std::array<ByteView, event_algorithms_max> digests;
  ByteView data;

  /// Whether it was extended: all but EV_NO_ACTION were.
  [[nodiscard]] bool extends() const { return type != 3; }
};

struct EventLog {
  std::vector<EventAlgorithm> algorithms;
  LogEvent header;
  std::vector<LogEvent> events;  ///< behind the header
  /// The locality from which PCR 0 was started, where the log states it.
  std::optional<std::uint8_t> start_locality;

  /// The place of an algorithm in LogEvent::digests.
  [[nodiscard]] std::optional<std::size_t> place_of(std::uint16_t hash) const;
};

/// "separator", "EFI boot services application", … ; "event 0x…" is the caller's where it is empty.
[[nodiscard]] std::string_view event_type_name(std::uint32_t type);

/// Errors, with the offset of the event: errc::tpmlog_form, errc::tpmlog_sha1 for the older form
/// and for logs of SHA-1 alone, errc::tpmlog_algorithms, errc::tpmlog_digests, errc::tpmlog_pcr,
/// errc::tpmlog_locality, errc::tpmlog_too_large.
[[nodiscard]] Result<EventLog> parse_event_log(ByteView log);

/// Values by PCR.
using PcrValues = std::map<unsigned, std::vector<Byte>>;

/// What the log adds up to in one bank: every PCR into which it extends something. PCRs 17 to 22
/// start at zero, as a dynamic launch leaves them.
/// Errors: errc::tpmlog_bank_missing for an algorithm that the log or this library lacks.
[[nodiscard]] Result<PcrValues> replay_event_log(const EventLog& log, std::uint16_t hash);

}  // namespace daymark::evidence
