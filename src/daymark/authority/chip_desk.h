// What chips send beside renewal requests: receipts, attestations; and what is known of each. Host
// only.
#pragma once

#include <optional>
#include <string>

#include "daymark/authority/records.h"
#include "daymark/base/time.h"
#include "daymark/governor/documents.h"

namespace daymark::authority {

/// How an attestation compares with the public log (PROTOCOL §6.3).
struct AttestationFinding {
  bool consistent = false;
  Errc reason{};  ///< errc::authority_attestation_fork, or 0
};

/// Checks signatures by the enrolled key before anything is stored. What a chip said earlier does
/// not take the place of what it said later: a replay changes nothing. Not thread-safe.
class ChipDesk {
 public:
  ChipDesk(Records& records, Clock& clock) : records_(records), clock_(clock) {}

  /// Errors: errc::authority_chip_unknown.
  [[nodiscard]] Outcome<ChipRecord> chip(const ChipId& id);

  /// The enrolled chip whose key a message names; its signature is not judged. Errors:
  /// errc::cose_*, errc::authority_chip_unknown.
  [[nodiscard]] Outcome<ChipRecord> signer_of(ByteView message);

  /// Errors: errc::cose_*, errc::gov_document*, errc::authority_chip_unknown.
  [[nodiscard]] Outcome<void> take_receipt(ByteView message);
  /// Stores the attestation whatever it says, and says whether its stream heads are in the records.
  /// Errors: those of take_receipt, errc::authority_document_old where one with a later counter is
  /// stored.
  [[nodiscard]] Outcome<AttestationFinding> take_attestation(ByteView message);
  /// Beacon receipts as a CBOR array of byte strings; kept as received.
  [[nodiscard]] Outcome<void> take_ranging(const ChipId& id, ByteView list);
  [[nodiscard]] Outcome<void> take_verdict(const ChipId& id, ByteView json);

  /// The newest attestation as received; empty where there is none.
  [[nodiscard]] Outcome<std::vector<Byte>> attestation(const ChipId& chip);
  /// Documents of a kind as a CBOR array of byte strings.
  [[nodiscard]] Outcome<std::vector<Byte>> documents(DocumentKind kind, const ChipId& chip);

 private:
  [[nodiscard]] Outcome<void> check_newer_attestation(const ChipRecord& chip,
                                                      std::uint64_t counter);
  [[nodiscard]] Outcome<bool> in_stream(const std::optional<ChipId>& chip,
                                        const order::StreamHead& head);
  [[nodiscard]] Outcome<void> store(DocumentKind kind, const ChipId& chip,
                                    std::span<const ByteView> subject_and_body);

  Records& records_;
  Clock& clock_;
};

}  // namespace daymark::authority
