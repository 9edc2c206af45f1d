// A chip's images from the host's side: putting an approved one in, and asking which one runs.
// Host only.
#pragma once

#include <functional>
#include <vector>

#include "daymark/governor/client.h"
#include "daymark/governor/image_door.h"

namespace daymark::governor {

/// What runs on a chip, as its first stage and the image itself signed it.
struct ImageClaim {
  crypto::PublicKey identity;  ///< of the first stage: never changes
  Digest first_stage{};
  Digest image{};
  crypto::PublicKey image_key;  ///< of this image on this chip
  crypto::PublicKey chip;
  BootId boot;
};

/// The signed documents behind a claim.
struct ImageStatement {
  std::vector<Byte> certificate;
  std::vector<Byte> statement;
};

/// Puts `image` into the slot that does not run; it starts when the chip starts next, if it is the
/// approved one. `progress` is told the bytes written so far. Errors: errc::gov_no_image and what
/// the chip answers, those of the transport.
[[nodiscard]] Outcome<void> install_image(const Transport& transport, ByteView image,
                                          const std::function<void(std::size_t)>& progress = {});

/// Asks the chip to state its image for `nonce` (8 to 64 bytes).
[[nodiscard]] Outcome<ImageStatement> ask_for_image(const Transport& transport, ByteView nonce);

/// That one identity certified the image's key and that key answered `nonce`. Who the identity is,
/// a maker's certificate says. Errors: errc::gov_image_claim, errc::gov_nonce, those of COSE.
[[nodiscard]] Result<ImageClaim> check_image_statement(const ImageStatement& documents,
                                                       ByteView nonce);

}  // namespace daymark::governor
