// The doors of a chip's images, beside the governor's own: a piece of the next image, and a
// statement which image runs. Core.
//
//   image piece     [1, 21, offset, size of the image, bytes]  ->  [1, 0, bytes written]
//   image statement [1, 22, nonce]  ->  [1, 0, [certificate, statement]]
//
// A piece is taken only while an approved image waits that does not run, and goes into the slot
// that does not run; what stands there starts if its digest is the approved one, and not
// otherwise. The list of every door, docs/command-list.md, names both (doors.cc).
#pragma once

#include "daymark/governor/first_stage.h"
#include "daymark/governor/message.h"
#include "daymark/governor/state.h"

namespace daymark::governor {

enum class ImageOp : std::uint8_t { piece = 21, statement = 22 };

/// Small enough to be received in memory: flash can't be read while it is programmed.
inline constexpr std::size_t image_piece_max = 896;

/// What an image states: COSE_Sign1 by the image key of [nonce, chip key, boot, image digest].
inline constexpr std::string_view image_statement_purpose = "daymark image statement v1";

struct ImagePiece {
  std::uint32_t offset = 0;  ///< a multiple of image_piece_max
  std::uint32_t size = 0;    ///< of the whole image
  ByteView bytes;
};

void write_image_piece(const ImagePiece& piece, cbor::Writer& writer);
void write_image_statement(ByteView nonce, cbor::Writer& writer);

/// Whether a request is for these doors and not for the governor.
[[nodiscard]] bool is_for_image_door(ByteView request);

/// Not thread-safe. What it is made of must outlive it.
class ImageDoor {
 public:
  ImageDoor(Flash& flash, const Handover& from, const crypto::PublicKey& chip, const BootId& boot);

  /// Answers one request of these doors. Errors: errc::buffer_too_small alone.
  [[nodiscard, gnu::noinline]] Result<ByteView> handle(ByteView request,
                                                       const ApprovedFirmware& approved,
                                                       MutableBytes response);

  /// Seals what a proven order has approved, once, and not before `confirm`. Errors:
  /// errc::gov_storage.
  [[nodiscard]] Result<void> note(const ApprovedFirmware& approved);

  /// The image has answered: from now on no older one starts. Errors: errc::gov_storage.
  [[nodiscard]] Result<void> confirm();

 private:
  [[nodiscard]] Result<void> dispatch(cbor::Reader& in, const ApprovedFirmware& approved,
                                      cbor::Writer& out);
  [[nodiscard]] Result<void> on_piece(cbor::Reader& in, const ApprovedFirmware& approved,
                                      cbor::Writer& out);
  [[nodiscard]] Result<void> on_statement(cbor::Reader& in, cbor::Writer& out) const;
  [[nodiscard]] Result<void> store(const ImagePiece& piece);
  [[nodiscard]] Result<void> append(BootStep step, const ImageName& name);

  Flash& flash_;
  const Handover& from_;
  const crypto::PublicKey& chip_;
  const BootId& boot_;
  std::uint64_t noted_ = 0;    ///< newest version sealed
  std::uint32_t written_ = 0;  ///< of the image that is being put in
  bool confirmed_ = false;
};

}  // namespace daymark::governor
