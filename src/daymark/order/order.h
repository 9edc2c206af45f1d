// Orders: the public payload, the sealed content, and how they are read. Core; parses, judges
// nothing.
//
// An order travels as a COSE_Sign over its payload (purpose "daymark order v1"); exactly these
// bytes are the log's entry. The payload is public; the content is sealed inside it to the
// charter's parties and committed to by a salted hash (PROTOCOL §8). A chip gets content and salt
// beside it.
//
//   payload = [1, kind, fleet, charter hash, seq, prev / null, issued, expires, not before, until,
//              count, commitment, batch root / null, box, [sealed keys]]
//
// `seq` and `prev` place a fleet-stream order: the first has seq 1 and a prev of 32 zero bytes. For
// a chip-stream order they are 0 and null and stand per chip in the content's targets; `enrol` is
// entry 1 of its chip. A licence has its rising batch number as `seq` and no `prev`. All times are
// whole seconds. docs/formats/order.md shows an example and the grammar.
#pragma once

#include <array>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/ids.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/cbor/cose.h"
#include "daymark/order/kind.h"

namespace daymark::order {

inline constexpr std::string_view order_purpose = "daymark order v1";
inline constexpr std::size_t order_size_max = 4096;
inline constexpr std::size_t content_size_max = 3072;
inline constexpr std::size_t sealed_keys_max = 16;
inline constexpr std::size_t targets_max = 32;
inline constexpr std::size_t reason_size_max = 256;

/// A position in a stream: how many orders have been applied, and the hash of the last one.
/// Before the first order `seq` is 0 and `hash` 32 zero bytes.
struct StreamHead {
  std::uint64_t seq = 0;
  Digest hash{};
  friend constexpr bool operator==(const StreamHead&, const StreamHead&) = default;

  /// Whether an order at this place is the next one.
  [[nodiscard]] constexpr bool continues_with(std::uint64_t next_seq, const Digest& prev) const {
    return next_seq == seq + 1 && prev == hash;
  }
};

struct Order {
  ByteView payload;
  Digest hash{};  ///< tagged_hash(order_purpose, payload): what the next order of the stream names
  OrderKind kind = OrderKind::enrol;
  FleetId fleet{};
  Digest charter{};
  std::uint64_t seq = 0;
  bool has_prev = false;
  Digest prev{};
  UnixMillis issued;
  UnixMillis expires;       ///< bounds entry into the log
  UnixMillis not_before;    ///< earliest binding time asked for
  UnixMillis until;         ///< end of a suspension; 0 elsewhere
  std::uint64_t count = 0;  ///< leaves of a licence batch, else count_bucket of the chips named
  Digest commitment{};
  bool has_batch_root = false;
  Digest batch_root{};
  ByteView box;  ///< sealed salt || content
  std::array<ByteView, sealed_keys_max> sealed_keys{};
  std::size_t sealed_key_count = 0;

  /// Whether it confirms an appealed suspension: it says so in public by stating no end.
  [[nodiscard]] bool is_confirmation() const {
    return kind == OrderKind::suspend && until.value == 0;
  }

  /// The stream this order belongs to: fleet where it has a predecessor, none for licences.
  [[nodiscard]] Stream stream() const;
};

/// What the public sees of a number of chips: the least power of ten that is not below it; 0 for
/// the whole fleet.
[[nodiscard]] std::uint64_t count_bucket(std::size_t chips);

/// A chip that a chip-stream order names, and where the order stands in that chip's stream.
struct Target {
  ChipId chip;
  std::uint64_t seq = 0;
  Digest prev{};
};

/// Content of suspend, resume and release: [[targets], reason, finding / null, ? appeal]. No
/// targets = the fleet. Targets ascend by chip; a finding is named by its SHA-256. A suspend order
/// that names an appeal confirms the appealed suspension (PROTOCOL §2.7): it restores that one's
/// end, has none of its own (Order::until is 0), and does nothing else.
struct ScopeContent {
  std::size_t target_count = 0;
  std::string_view reason;
  ByteView finding;  ///< 32 bytes, or empty
  ByteView appeal;   ///< 32 bytes, Appeal::hash; empty but in a confirmation
  std::array<Target, targets_max> targets{};

  [[nodiscard]] std::span<const Target> target_list() const {
    return std::span(targets).first(target_count);
  }
};

inline constexpr std::string_view voucher_purpose = "daymark voucher v1";
inline constexpr std::string_view consent_purpose = "daymark consent v1";
inline constexpr std::string_view answer_purpose = "daymark enrol answer v1";
inline constexpr std::string_view build_purpose = "daymark build v1";

/// Content of enrol: [chip key, owner key, voucher, consent, nonce, answer].
struct EnrolContent {
  crypto::PublicKey chip;
  crypto::PublicKey owner;
  ByteView voucher;  ///< COSE_Sign1 by the maker, "daymark voucher v1": [chip key, owner key,
                     ///< model, serial]
  ByteView
      consent;  ///< COSE_Sign1 by the owner, "daymark consent v1": [chip key, charter hash, nonce]
  Digest nonce{};
  ByteView answer;  ///< COSE_Sign1 by the chip, "daymark enrol answer v1": [nonce, charter hash]
};

/// Content of license: [batch root, leaves].
struct BatchContent {
  Digest root{};
  std::uint64_t leaves = 0;
};

/// Content of policy: [program root, [[name, digest]…], least level, reporting period s]. The
/// programs ascend by digest.
struct PolicyContent {
  Digest program_root{};
  ByteView
      programs;  ///< encoded list, at most 24 entries; its tree (program_tree) has program_root
  std::uint8_t level_least = 0;
  Millis reporting;
};

/// Content of firmware: [image digest, version, commit, [attestation, attestation]]. Each
/// attestation is a COSE_Sign1 over [image digest, version, commit] by a party of the charter that
/// built the image itself.
struct FirmwareContent {
  Digest image{};
  std::uint64_t version = 0;
  std::string_view commit;
  std::array<ByteView, 2> attestations{};
};

/// Content of transfer: [target, new fleet, new charter, new owner's consent]. The new owner signs
/// the consent ("daymark consent v1"), the old owner the order.
struct TransferContent {
  Target target;
  FleetId fleet;
  ByteView charter;  ///< the encoded charter that the chip pins next
  ByteView consent;  ///< COSE_Sign1 by the new owner: [chip key, charter hash, nonce]; the nonce is
                     ///< the target's prev, so that it holds for one place in the stream
};

/// Content of amend: the encoded new charter.
struct AmendContent {
  ByteView charter;
};

/// Reads one payload. Errors: errc::order_malformed, errc::cbor_*.
[[nodiscard]] Result<Order> parse_order(ByteView payload);
/// The same into an order that is new. On an error it is unspecified.
[[nodiscard]] Result<void> parse_order_into(ByteView payload, Order& out);

/// Reads an envelope's COSE_Sign and its payload together.
struct SignedOrder {
  Order order;
  cbor::Sign envelope;
};

/// Errors: errc::order_size and those of parse_sign and parse_order.
[[nodiscard]] Result<SignedOrder> parse_signed_order(ByteView envelope);
/// The same into one that is new. On an error it is unspecified.
[[nodiscard]] Result<void> parse_signed_order_into(ByteView envelope, SignedOrder& out);

/// SHA-256 commitment to a content: tagged_hash("daymark content v1", salt || content).
[[nodiscard]] Digest commit(const Digest& salt, ByteView content);

[[nodiscard]] Result<ScopeContent> parse_scope(ByteView content);
/// The same into one that is new. On an error it is unspecified.
[[nodiscard]] Result<void> parse_scope_into(ByteView content, ScopeContent& out);
[[nodiscard]] Result<EnrolContent> parse_enrol(ByteView content);
[[nodiscard]] Result<BatchContent> parse_batch(ByteView content);
[[nodiscard]] Result<PolicyContent> parse_policy(ByteView content);
[[nodiscard]] Result<FirmwareContent> parse_firmware(ByteView content);
[[nodiscard]] Result<TransferContent> parse_transfer(ByteView content);
[[nodiscard]] Result<AmendContent> parse_amend(ByteView content);

inline constexpr std::size_t programs_max = 24;

/// One approved program of a policy.
struct Program {
  std::string_view name;
  Digest digest{};
};

struct ProgramList {
  std::array<Program, programs_max> entries{};
  std::array<ByteView, programs_max> encoded{};  ///< the leaves of program_tree
  std::size_t count = 0;
};

/// Errors: errc::order_content where they don't ascend by digest, errc::cbor_*.
[[nodiscard]] Result<ProgramList> parse_programs(ByteView programs);
/// The same into a list that is new. On an error it is unspecified.
[[nodiscard]] Result<void> parse_programs_into(ByteView programs, ProgramList& out);
/// Root of program_tree over the list; the root of no programs approves none.
[[nodiscard]] Digest program_root(const ProgramList& list);

}  // namespace daymark::order
