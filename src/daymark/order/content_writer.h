// Writes what the parsers of order.h read, and the statements inside contents. Host only.
//
// They write what they are given: draft_order and the chip judge it. Statements are signed by a key
// in memory, or by a Signer, which may keep its key elsewhere and fail.
#pragma once

#include <vector>

#include "daymark/crypto/signer.h"
#include "daymark/order/order.h"

namespace daymark::order {

/// Targets are sorted by chip.
[[nodiscard]] std::vector<Byte> write_scope(ScopeContent scope);
[[nodiscard]] std::vector<Byte> write_enrol(const EnrolContent& enrol);
[[nodiscard]] std::vector<Byte> write_batch(const BatchContent& batch);

/// What a policy order is made from; the list is sorted by digest and its root computed.
struct PolicySource {
  std::vector<Program> programs;
  std::uint8_t level_least = 0;
  Millis reporting;
};

[[nodiscard]] std::vector<Byte> write_policy(PolicySource policy);
[[nodiscard]] std::vector<Byte> write_firmware(const FirmwareContent& firmware);
[[nodiscard]] std::vector<Byte> write_transfer(const TransferContent& transfer);

/// What the maker says of a chip that it sold.
struct Voucher {
  crypto::PublicKey chip;
  crypto::PublicKey owner;
  std::string_view model;
  std::string_view serial;
};

/// COSE_Sign1 by the maker.
[[nodiscard]] std::vector<Byte> make_voucher(const Voucher& voucher,
                                             const crypto::SecretKey& maker);
[[nodiscard]] Outcome<std::vector<Byte>> make_voucher(const Voucher& voucher,
                                                      crypto::Signer& maker);

/// An owner's agreement that a chip comes under a charter; `nonce` is the chip's at enrolment, the
/// chip's stream head at a transfer.
struct ConsentSource {
  crypto::PublicKey chip;
  Digest charter{};
  Digest nonce{};
};

/// COSE_Sign1 by the owner.
[[nodiscard]] std::vector<Byte> make_consent(const ConsentSource& consent,
                                             const crypto::SecretKey& owner);
[[nodiscard]] Outcome<std::vector<Byte>> make_consent(const ConsentSource& consent,
                                                      crypto::Signer& owner);

/// What an owner says against one suspension (appeal.h).
struct AppealSource {
  FleetId fleet{};
  Digest order{};
  UnixMillis issued;
  std::string_view text;
};

/// COSE_Sign1 by the owner: a whole entry of the log.
[[nodiscard]] std::vector<Byte> make_appeal(const AppealSource& appeal,
                                            const crypto::SecretKey& owner);
[[nodiscard]] Outcome<std::vector<Byte>> make_appeal(const AppealSource& appeal,
                                                     crypto::Signer& owner);

/// Running time that an owner gives one chip (emergency.h); whole minutes count.
struct EmergencySource {
  FleetId fleet{};
  ChipId chip;
  UnixMillis issued;
  Millis span;
  std::string_view text;
};

/// COSE_Sign1 by the owner.
[[nodiscard]] std::vector<Byte> make_emergency(const EmergencySource& grant,
                                               const crypto::SecretKey& owner);
[[nodiscard]] Outcome<std::vector<Byte>> make_emergency(const EmergencySource& grant,
                                                        crypto::Signer& owner);

/// COSE_Sign1 by the chip over nonce and charter.
[[nodiscard]] std::vector<Byte> make_answer(const Digest& nonce, const Digest& charter,
                                            const crypto::SecretKey& chip);

/// COSE_Sign1 by a party that built the image of `firmware` itself; its attestations are not read.
[[nodiscard]] std::vector<Byte> make_build_attestation(const FirmwareContent& firmware,
                                                       const crypto::SecretKey& builder);

}  // namespace daymark::order
