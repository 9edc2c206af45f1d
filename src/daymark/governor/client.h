// A typed client of a governor over any transport: used by agent, gate, command line and tests.
// Host only.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/governor/documents.h"
#include "daymark/governor/message.h"
#include "daymark/governor/status.h"

namespace daymark::governor {

/// Sends one request and returns its response.
using Transport = std::function<Outcome<std::vector<Byte>>(ByteView request)>;

/// An order as the authority hands it out. `proof` is empty for a relief that isn't logged yet.
struct OrderParts {
  std::vector<Byte> envelope;
  std::string proof;
  Digest salt{};
  std::vector<Byte> content;

  [[nodiscard]] order::OrderMessage view() const { return {envelope, proof, salt, content}; }
};

/// A leaf with its path in a batch.
struct LeafParts {
  OrderParts batch;
  std::vector<Byte> leaf;
  LeafIndex index;
  std::vector<Digest> path;
};

/// A document of the governor: the signed bytes and their verified content.
template <class Content>
struct Signed {
  std::vector<Byte> bytes;
  Content content;  ///< holds no views
};

struct LeafDecision {
  LeafOutcome outcome = LeafOutcome::current;
  std::uint64_t licence = 0;
  std::string denial_reason;
};

struct CountedUsage {
  std::vector<Byte> record;
  ledger::Head head;
};

/// A status whose views point into bytes of its own.
struct OwnedStatus {
  std::vector<Byte> bytes;
  Status status;
};

/// Not thread-safe: one exchange at a time. Every function returns the governor's own refusal as a
/// Failure whose code is the governor's, or that of the transport, or errc::gov_response.
class Client {
 public:
  explicit Client(Transport transport) : transport_(std::move(transport)) {}

  /// Also remembers the chip's key, against which signed documents are checked; called by the
  /// other functions when it hasn't been called.
  [[nodiscard]] Outcome<Identity> identify();
  /// The pinned charter. Errors: errc::gov_unprovisioned.
  [[nodiscard]] Outcome<std::vector<Byte>> charter();
  [[nodiscard]] Outcome<OwnedStatus> status();
  /// `nonce` has 8 to 64 bytes. The answer is checked: signature by the chip, same nonce. The
  /// content's `nonce` is a view into `bytes`. `submodules`: what the chip is to name besides, an
  /// encoded map of read_submodules.
  [[nodiscard]] Outcome<Signed<Attestation>> attest(ByteView nonce, ByteView submodules = {});

  [[nodiscard]] Outcome<Digest> begin_enrolment();
  /// COSE_Sign1 by the chip over [nonce, charter hash].
  [[nodiscard]] Outcome<std::vector<Byte>> answer_enrolment(ByteView charter);
  [[nodiscard]] Outcome<Signed<OrderReceipt>> enrol(const OrderParts& order, ByteView charter);
  [[nodiscard]] Outcome<Signed<OrderReceipt>> apply(const OrderParts& order);

  /// A logged appeal; the term within which the suspension has to be confirmed.
  [[nodiscard]] Outcome<UnixMillis> appeal(const order::AppealMessage& appeal);

  /// COSE_Sign1 by the chip (order/leaf.h, RenewalRequest). Replaces an outstanding request.
  [[nodiscard]] Outcome<std::vector<Byte>> request_renewal();
  [[nodiscard]] Outcome<LeafDecision> accept_leaf(const LeafParts& leaf);

  /// Hands over the owner's grant; the grace that the chip has then.
  [[nodiscard]] Outcome<Millis> emergency(ByteView grant);

  [[nodiscard]] Outcome<Signed<Permit>> permit(const PermitRequest& request);
  [[nodiscard]] Outcome<Signed<Permit>> renew_permit(const JobId& job);
  [[nodiscard]] Outcome<void> end_permit(const JobId& job);
  [[nodiscard]] Outcome<CountedUsage> record_usage(const UsageRequest& usage);

  /// `beacon` is an index into the charter's beacons (ranging/session.h).
  [[nodiscard]] Outcome<std::vector<Byte>> open_ranging(std::uint8_t beacon);
  [[nodiscard]] Outcome<void> accept_welcome(std::uint8_t beacon, ByteView welcome);
  [[nodiscard]] Outcome<ranging::AnswerTag> answer(std::uint8_t beacon, std::uint32_t number,
                                                   const ranging::Challenge& challenge);
  /// Takes in the beacon's receipt: time and round trip. Returns the chip's time after it.
  [[nodiscard]] Outcome<ClockReading> accept_receipt(std::uint8_t beacon, ByteView receipt);

 private:
  [[nodiscard]] Outcome<std::vector<Byte>> exchange(
      const std::function<void(cbor::Writer&)>& request);
  [[nodiscard]] Outcome<std::vector<Byte>> exchange_for_bytes(
      const std::function<void(cbor::Writer&)>& request);
  [[nodiscard]] Outcome<crypto::PublicKey> key();

  Transport transport_;
  bool known_ = false;
  crypto::PublicKey key_;
};

}  // namespace daymark::governor
