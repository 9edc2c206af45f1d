// The messages between a host and its governor: one request, one response. Core; both sides.
//
//   request  = [1, op, argument…]
//   response = [1, 0, result] / [1, error code, error field, error offset]
//
// Deterministic CBOR; the op fixes number, type and bound of the arguments.
// docs/formats/governor.md lists for every op who may send it, what it changes and what it can
// never change.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/error.h"
#include "daymark/base/ids.h"
#include "daymark/base/level.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/writer.h"
#include "daymark/governor/standing.h"
#include "daymark/ledger/sum_tree.h"
#include "daymark/order/appeal.h"
#include "daymark/order/emergency.h"
#include "daymark/order/leaf.h"
#include "daymark/order/proven.h"
#include "daymark/ranging/session.h"

namespace daymark::governor {

inline constexpr std::uint64_t message_version = 1;
inline constexpr std::size_t request_size_max = std::size_t{24} << 10U;
/// Room for an answer, and for what the governor works with until it answers (workspace.h).
inline constexpr std::size_t response_size_max = 7296;

/// Bytes of a nonce that somebody asks an answer for.
inline constexpr std::size_t nonce_least = 8;
inline constexpr std::size_t nonce_most = 64;

/// The closed list of operations; a chip's image has two more (image_door.h).
enum class Op : std::uint8_t {
  identify = 1,
  charter = 2,
  status = 3,
  attest = 4,
  enrol_begin = 5,
  enrol_answer = 6,
  enrol = 7,
  apply = 8,
  renew = 9,
  accept_leaf = 10,
  permit = 11,
  permit_renew = 12,
  permit_end = 13,
  record_usage = 14,
  range_open = 15,
  range_accept = 16,
  range_answer = 17,
  range_receipt = 18,
  appeal = 19,
  emergency = 20,
};

inline constexpr std::uint8_t op_max = 20;

/// Hashes of a Merkle path as they travel: one byte string of a multiple of 32 bytes.
using PathBytes = ByteView;

struct EnrolRequest {
  order::OrderMessage order;
  ByteView charter;
};

struct LeafRequest {
  order::OrderMessage batch;
  ByteView leaf;
  LeafIndex index;
  PathBytes path;
};

/// That a program stands in a list of approved programs.
struct ProgramProof {
  LeafIndex index;
  TreeSize size;
  PathBytes path;
};

/// One proof for the licence's list and one for a policy's where they differ.
inline constexpr std::size_t program_proofs_max = 2;

struct PermitRequest {
  JobId job;
  std::string_view program_name;  ///< as in the list of approved programs, at most 48 bytes
  Digest program{};
  std::array<ProgramProof, program_proofs_max> proofs{};
  std::size_t proof_count = 0;
  std::uint32_t world_size = 1;
  std::uint8_t job_class = 0;  ///< 0 to 31: bit of the licence's job classes
  TeraOps work;                ///< estimated, for the record
  Millis duration;             ///< asked for; a permit may be shorter and can be renewed
};

/// What a meter says about one span of time.
struct UsageRequest {
  UnixMillis start;
  UnixMillis end;
  ledger::Sums use;
  Level level = Level::declared;
  JobId job;
};

struct ChallengeRequest {
  std::uint8_t beacon = 0;
  std::uint32_t number = 0;
  ranging::Challenge challenge{};
};

/// A message of a beacon for the session with it.
struct BeaconRequest {
  std::uint8_t beacon = 0;  ///< index into the charter's beacons
  ByteView message;
};

/// Opens a request. Errors: errc::gov_message, errc::gov_operation, errc::cbor_*.
[[nodiscard]] Result<Op> read_op(cbor::Reader& reader);

// Arguments of one op, after read_op and up to the end of the request; views into the request.
// Errors: errc::gov_message, errc::cbor_*.
[[nodiscard]] Result<EnrolRequest> read_enrol(cbor::Reader& reader);
[[nodiscard]] Result<order::OrderMessage> read_apply(cbor::Reader& reader);
[[nodiscard]] Result<order::AppealMessage> read_appeal(cbor::Reader& reader);
[[nodiscard]] Result<LeafRequest> read_leaf_request(cbor::Reader& reader);
[[nodiscard]] Result<PermitRequest> read_permit_request(cbor::Reader& reader);
[[nodiscard]] Result<UsageRequest> read_usage_request(cbor::Reader& reader);
[[nodiscard]] Result<ChallengeRequest> read_challenge(cbor::Reader& reader);
[[nodiscard]] Result<BeaconRequest> read_beacon_message(cbor::Reader& reader, std::size_t most);
[[nodiscard]] Result<JobId> read_job(cbor::Reader& reader);

// The same requests, whole. Errors: errc::buffer_too_small, the writer's.
void write_plain(Op op, cbor::Writer& writer);
void write_bytes_request(Op op, ByteView argument, cbor::Writer& writer);
/// `submodules` is an encoded map (read_submodules), or empty.
void write_attest(ByteView nonce, ByteView submodules, cbor::Writer& writer);
void write_enrol(const EnrolRequest& request, cbor::Writer& writer);
void write_apply(const order::OrderMessage& request, cbor::Writer& writer);
void write_appeal(const order::AppealMessage& request, cbor::Writer& writer);
void write_leaf_request(const LeafRequest& request, cbor::Writer& writer);
void write_permit_request(const PermitRequest& request, cbor::Writer& writer);
void write_usage_request(const UsageRequest& request, cbor::Writer& writer);
void write_challenge(const ChallengeRequest& request, cbor::Writer& writer);
void write_range_open(std::uint8_t beacon, cbor::Writer& writer);
void write_beacon_message(Op op, const BeaconRequest& request, cbor::Writer& writer);

using PathSpace = std::array<Digest, tlog::path_max>;

/// Copies a path out of its bytes. Errors: errc::gov_message for a length that is no multiple of 32
/// or more than path_max hashes.
[[nodiscard]] Result<std::span<const Digest>> unpack_path(PathBytes bytes, PathSpace& storage);

/// The response that says why a request was refused.
[[nodiscard]] Result<ByteView> write_refusal(Error error, MutableBytes out);

/// Opens a response: leaves `reader` at the result, or returns the governor's own error.
/// Errors: what the governor answered, errc::gov_response.
[[nodiscard]] Result<void> read_response(cbor::Reader& reader);

/// Who the chip is: [key, maker key, boot, firmware digest, level, peak per second].
struct Identity {
  crypto::PublicKey chip;
  crypto::PublicKey maker;
  BootId boot;
  Digest firmware{};
  Level level = Level::declared;
  ledger::Peak peak;
};

void write_identity(const Identity& identity, cbor::Writer& writer);
[[nodiscard]] Result<Identity> read_identity(cbor::Reader& reader);

enum class LeafOutcome : std::uint8_t {
  current = 0,  ///< holds from now on
  queued = 1,   ///< stricter than the current licence: holds when that one ends
  denied = 2,   ///< a denial: nothing granted, nothing taken away
};

/// [outcome, licence id, reason].
struct LeafAnswer {
  LeafOutcome outcome = LeafOutcome::current;
  std::uint64_t licence = 0;
  std::string_view reason;  ///< of a denial
};

void write_leaf_answer(const LeafAnswer& answer, cbor::Writer& writer);
[[nodiscard]] Result<LeafAnswer> read_leaf_answer(cbor::Reader& reader);

/// [end of the term of an appealed suspension].
void write_term(UnixMillis term, cbor::Writer& writer);
[[nodiscard]] Result<UnixMillis> read_term(cbor::Reader& reader);

/// [encoded usage record, ledger head]: the holder keeps the record, the chip only its hash.
struct UsageAnswer {
  ByteView record;
  ledger::Head head;
};

void write_usage_answer(const UsageAnswer& answer, cbor::Writer& writer);
[[nodiscard]] Result<UsageAnswer> read_usage_answer(cbor::Reader& reader);

/// [fresh, earliest ms, latest ms].
void write_clock(const ClockReading& clock, cbor::Writer& writer);
[[nodiscard]] Result<ClockReading> read_clock(cbor::Reader& reader);

}  // namespace daymark::governor
