// One ranging session, both sides (PROTOCOL §9.1). Core.
//
//   chip   -> beacon  opening  COSE_Sign1 by the chip, "daymark ranging open v1":
//                     [1, beacon key, chip nonce, chip exchange key, chip key]
//   beacon -> chip    welcome  COSE_Sign1 by the beacon, "daymark ranging welcome v1":
//                     [1, chip key, chip nonce, beacon nonce, beacon exchange key, session]
//   beacon -> chip    challenge: 16 random bytes, numbered
//   chip   -> beacon  answer: 8-byte tag over number and challenge under the session's key
//   beacon -> chip    receipt (receipt.h)
//
// The key is agreed with that beacon alone: tagged_hash("daymark ranging key v1", X25519 secret ||
// chip nonce || beacon nonce || chip key || beacon key), first 16 bytes.
#pragma once

#include <cstdint>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/ids.h"
#include "daymark/base/random.h"
#include "daymark/base/result.h"
#include "daymark/crypto/ports.h"

namespace daymark::ranging {

inline constexpr std::string_view open_purpose = "daymark ranging open v1";
inline constexpr std::string_view welcome_purpose = "daymark ranging welcome v1";
inline constexpr std::size_t opening_size_max = 320;
inline constexpr std::size_t welcome_size_max = 384;

using SessionId = Id<struct SessionIdTag, 16>;
using Challenge = ByteArray<16>;
using AnswerTag = ByteArray<8>;
using SessionKey = ByteArray<16>;

/// The tag that answers challenge `number`: depends on every bit of it.
[[nodiscard]] AnswerTag answer(const SessionKey& key, std::uint32_t number,
                               const Challenge& challenge);

/// The chip's side of one session. Holds secrets: erased by its destructor.
class ChipSession {
 public:
  /// Draws nonce and exchange key and writes the signed opening into `out`. Whatever the session
  /// held before is erased. Errors: errc::buffer_too_small.
  [[nodiscard]] Result<ByteView> open(const crypto::SecretKey& chip,
                                      const crypto::PublicKey& beacon, Random& random,
                                      MutableBytes out);
  /// Checks the beacon's welcome and agrees the key. Only the first valid welcome counts, and a
  /// refused one changes nothing. Errors: errc::ranging_welcome, errc::cose_*, errc::cbor_*.
  [[nodiscard]] Result<void> accept(ByteView welcome);
  /// Errors: errc::ranging_not_ready before accept.
  [[nodiscard]] Result<AnswerTag> answer(std::uint32_t number, const Challenge& challenge) const;

  [[nodiscard]] const Digest& nonce() const { return nonce_; }

  [[nodiscard]] const crypto::PublicKey& beacon() const { return beacon_; }

  [[nodiscard]] bool ready() const { return ready_; }

  ChipSession() = default;
  ChipSession(const ChipSession&) = delete;
  ChipSession& operator=(const ChipSession&) = delete;
  ChipSession(ChipSession&&) = delete;
  ChipSession& operator=(ChipSession&&) = delete;
  ~ChipSession();

 private:
  void clear();

  crypto::PublicKey chip_;
  crypto::PublicKey beacon_;
  Digest nonce_{};
  crypto::ExchangeSecretKey exchange_;
  SessionKey key_{};
  bool open_ = false;
  bool ready_ = false;
};

/// The beacon's side: what it knows of one chip after a valid opening.
struct Opened {
  crypto::PublicKey chip;
  Digest chip_nonce{};
  Digest beacon_nonce{};
  SessionId session;
  SessionKey key{};
  ByteArray<welcome_size_max> welcome{};
  std::size_t welcome_size = 0;
};

/// Verifies an opening that is meant for `beacon` and prepares the welcome.
/// Errors: errc::ranging_opening, errc::cose_*, errc::cbor_*.
[[nodiscard]] Result<Opened> accept_opening(ByteView opening, const crypto::SecretKey& beacon,
                                            Random& random);

}  // namespace daymark::ranging
