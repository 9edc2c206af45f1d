// What a governor signs: permits, order receipts and attestations. Core: written on the chip, read
// by everybody. All are COSE_Sign1 by the chip's key; docs/formats/governor.md shows the grammar.
#pragma once

#include <array>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/ids.h"
#include "daymark/base/level.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/cbor/reader.h"
#include "daymark/governor/standing.h"
#include "daymark/ledger/sum_tree.h"
#include "daymark/order/kind.h"
#include "daymark/order/order.h"
#include "daymark/tlog/merkle.h"

namespace daymark::governor {

inline constexpr std::string_view permit_purpose = "daymark permit v1";
inline constexpr std::string_view order_receipt_purpose = "daymark order receipt v1";
inline constexpr std::string_view attestation_purpose = "daymark attestation v1";
/// EAT profile (RFC 9711 §4.3.2) of the attestation.
inline constexpr std::string_view eat_profile = "tag:daymark.example,2026:governor-attestation-1";

/// Longest signed document.
inline constexpr std::size_t document_size_max = 1536;

/// Leave for one job: [1, chip, boot, job, program, world size, job class, standing, finding,
/// until ms, life ms, licence id, link MB/s, level, clock].
struct Permit {
  ChipId chip;
  BootId boot;
  JobId job;
  Digest program{};
  std::uint32_t world_size = 0;
  std::uint8_t job_class = 0;
  Standing standing = Standing::unprovisioned;
  Errc finding{};    ///< while observing: what would have refused it, else 0
  UnixMillis until;  ///< no later than this by the chip's own bounds; 0 where it knows no time
  Millis life;       ///< counted from the answer on the holder's own clock
  std::uint64_t licence = 0;
  std::uint32_t link_megabytes_per_second = 0;  ///< 0: not bounded
  Level level = Level::declared;                ///< how strong the governor is that says so
  ClockReading clock;
};

/// What became of an order that was proven.
enum class ApplyOutcome : std::uint8_t {
  in_effect = 0,
  announced = 1,       ///< binds at `binds_at`
  without_effect = 2,  ///< chained; its time is over or there was nothing to do
};

/// [1, chip, order hash, kind, outcome, standing, binds ms, ends ms, [fleet seq, hash],
/// [own seq, hash], clock, counter].
struct OrderReceipt {
  ChipId chip;
  Digest order{};
  order::OrderKind kind = order::OrderKind::enrol;
  ApplyOutcome outcome = ApplyOutcome::in_effect;
  Standing standing = Standing::unprovisioned;
  UnixMillis binds_at;
  UnixMillis ends_at;  ///< of a suspension, else 0
  order::StreamHead fleet;
  order::StreamHead own;
  ClockReading clock;
  std::uint64_t counter = 0;
};

/// One signed time behind the clock interval, as evidence against a lying beacon.
struct TimeWitness {
  std::uint8_t beacon = 0;  ///< index into the charter's beacons
  UnixMillis time;
  Millis radius;
  Millis age;  ///< since its nonce was drawn, on the chip's tick
};

inline constexpr std::size_t time_witnesses_max = 8;

/// Most submodules of an attestation, and most bytes of the name of one.
inline constexpr std::size_t submodules_max = 4;
inline constexpr std::size_t submodule_name_max = 23;

/// Evidence that travels apart, as an attestation names it (RFC 9711 §4.2.18.2).
struct Submodule {
  std::string_view name;
  ByteView digest;  ///< SHA-256 of its detached claims set
};

/// An EAT (RFC 9711): a CWT claims set with private claims from -70001 on.
struct Attestation {
  ByteView nonce;  ///< 8 to 64 bytes, the asker's
  crypto::PublicKey chip;
  ByteView submodules;  ///< claim 266 as it is encoded; empty where none is named
  FleetId fleet{};
  Digest charter{};  ///< zeros before enrolment
  order::StreamHead fleet_head;
  order::StreamHead own_head;
  std::uint64_t licence = 0;  ///< id of the newest accepted licence
  Digest licence_chain{};     ///< tagged_hash("daymark licence chain v1", before || leaf hash)
  tlog::TreeHead checkpoint;  ///< newest one that proved an order or a batch
  ledger::Head ledger;
  Standing standing = Standing::unprovisioned;
  Errc reason{};
  ClockReading clock;
  Digest firmware{};
  std::uint64_t counter = 0;
  std::uint64_t refusals = 0;  ///< counted since enrolment
  FenceResult fence = FenceResult::none;
  Level level = Level::declared;
  BootId boot;
  Millis emergency_granted;  ///< by the owner since the last accepted licence (PROTOCOL §3.4)
  Millis emergency_total;    ///< since enrolment
  std::array<TimeWitness, time_witnesses_max> times{};
  std::size_t time_count = 0;
};

// Payloads. The writers need errc::buffer_too_small only; the readers answer errc::gov_document or
// errc::cbor_*, and views point into `payload`.
[[nodiscard]] Result<ByteView> write_permit(const Permit& permit, MutableBytes out);
[[nodiscard]] Result<Permit> parse_permit(ByteView payload);
[[nodiscard]] Result<ByteView> write_order_receipt(const OrderReceipt& receipt, MutableBytes out);
[[nodiscard]] Result<OrderReceipt> parse_order_receipt(ByteView payload);
[[nodiscard]] Result<ByteView> write_attestation(const Attestation& claims, MutableBytes out);
[[nodiscard]] Result<Attestation> parse_attestation(ByteView payload);

/// The claim `submods`, {name => [-16, digest]}: 1 to submodules_max, none twice. The chip states
/// what its host hands it and judges none of it. Its encoding, as a view.
/// Errors: errc::cbor_*; errc::gov_document for another hash than SHA-256 and for an empty map.
[[nodiscard]] Result<ByteView> read_submodules(cbor::Reader& reader);
/// One pair of that map. Errors: as above.
[[nodiscard]] Result<Submodule> read_submodule(cbor::Reader& reader);

/// The next value of Attestation::licence_chain.
[[nodiscard]] Digest chain_licence(const Digest& before, const Digest& leaf);

/// Working memory of the checks below.
using DocumentScratch = ByteArray<document_size_max + 256>;

/// Signature by `chip` and form. The result views `message`.
/// Errors: errc::cose_*, errc::gov_document, errc::cbor_*, errc::gov_document_chip where the
/// content names another chip.
[[nodiscard]] Result<Permit> verify_permit(ByteView message, const crypto::PublicKey& chip,
                                           DocumentScratch& scratch);
[[nodiscard]] Result<OrderReceipt> verify_order_receipt(ByteView message,
                                                        const crypto::PublicKey& chip,
                                                        DocumentScratch& scratch);
/// Freshness is the caller's: compare the nonce. Errors: as above.
[[nodiscard]] Result<Attestation> verify_attestation(ByteView message,
                                                     const crypto::PublicKey& chip,
                                                     DocumentScratch& scratch);

}  // namespace daymark::governor
