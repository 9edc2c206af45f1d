#include "daymark/governor/image_door.h"

#include <algorithm>

#include "daymark/cbor/cose.h"
#include "daymark/cbor/layout.h"
#include "daymark/governor/errors.h"

namespace daymark::governor {

namespace {

constexpr std::size_t piece_arguments = 3;
constexpr std::size_t statement_arguments = 1;
constexpr std::size_t statement_room = 512;
constexpr std::size_t claims_room = 192;

/// Leaves `in` at the arguments. Errors: errc::gov_operation for the governor's own messages.
Result<ImageOp> read_image_op(cbor::Reader& in) {
  constexpr std::size_t items_max = 10;  // as read_op
  DAYMARK_TRY(const std::size_t items, in.enter_array(items_max, field::operation));
  DAYMARK_TRY(const std::uint64_t version, in.read_unsigned(field::operation));
  DAYMARK_TRY(const std::uint64_t op, in.read_unsigned(field::operation));
  const bool piece = op == static_cast<std::uint64_t>(ImageOp::piece);
  if (!piece && op != static_cast<std::uint64_t>(ImageOp::statement)) {
    return fail(errc::gov_operation, field::operation);
  }
  if (version != message_version || items != 2 + (piece ? piece_arguments : statement_arguments)) {
    return fail(errc::gov_message, field::operation);
  }
  return piece ? ImageOp::piece : ImageOp::statement;
}

/// As they travel: not yet within any bound.
struct PieceArguments {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  ByteView bytes;
};

constexpr auto piece_layout = cbor::layout<PieceArguments>(
    DAYMARK_MEMBER(PieceArguments, offset, field::image),
    DAYMARK_MEMBER(PieceArguments, size, field::image),
    at_least(1, DAYMARK_MEMBER(PieceArguments, bytes, field::image, image_piece_max)));

Result<ImagePiece> read_piece(cbor::Reader& in) {
  PieceArguments given;
  DAYMARK_CHECK(cbor::read_layout(in, piece_layout, given));
  DAYMARK_CHECK(in.expect_end());
  const auto [offset, size, bytes] = given;
  const std::uint64_t end = offset + bytes.size();
  const bool last = end == size;
  // Bounded by any sector: the sum can't wrap.
  if (size > UINT32_MAX || offset > size || end > size || offset % image_piece_max != 0 ||
      (!last && bytes.size() != image_piece_max)) {
    return fail(errc::gov_message, field::image);
  }
  return ImagePiece{static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(size), bytes};
}

}  // namespace

void write_image_piece(const ImagePiece& piece, cbor::Writer& writer) {
  writer.open_array(2 + piece_arguments);
  writer.put_unsigned(message_version);
  writer.put_unsigned(static_cast<std::uint64_t>(ImageOp::piece));
  writer.put_unsigned(piece.offset);
  writer.put_unsigned(piece.size);
  writer.put_bytes(piece.bytes);
}

void write_image_statement(ByteView nonce, cbor::Writer& writer) {
  writer.open_array(2 + statement_arguments);
  writer.put_unsigned(message_version);
  writer.put_unsigned(static_cast<std::uint64_t>(ImageOp::statement));
  writer.put_bytes(nonce);
}

bool is_for_image_door(ByteView request) {
  cbor::Reader in(request);
  const Result<ImageOp> op = read_image_op(in);
  return op || op.error().code == errc::gov_message;
}

ImageDoor::ImageDoor(Flash& flash, const Handover& from, const crypto::PublicKey& chip,
                     const BootId& boot)
    : flash_(flash), from_(from), chip_(chip), boot_(boot), confirmed_(from.trial == 0) {
  const BootBook book(flash_);
  for (std::size_t cell = 0; cell < book.cells() && !book.is_blank(cell); ++cell) {
    const Result<BootRecord> record = book.read(cell);
    const bool mine = record && record->step == BootStep::approved &&
                      record->author == from_.image && is_sealed(*record, from_.boot_key);
    if (mine) noted_ = std::max(noted_, record->name.version);
  }
}

Result<ByteView> ImageDoor::handle(ByteView request, const ApprovedFirmware& approved,
                                   MutableBytes response) {
  cbor::Reader in(request);
  cbor::Writer out(response);
  out.open_array(3);
  out.put_unsigned(message_version);
  out.put_unsigned(0);
  const Result<void> done = dispatch(in, approved, out);
  return done ? out.finish() : write_refusal(done.error(), response);
}

Result<void> ImageDoor::dispatch(cbor::Reader& in, const ApprovedFirmware& approved,
                                 cbor::Writer& out) {
  DAYMARK_TRY(const ImageOp op, read_image_op(in));
  return op == ImageOp::piece ? on_piece(in, approved, out) : on_statement(in, out);
}

Result<void> ImageDoor::on_piece(cbor::Reader& in, const ApprovedFirmware& approved,
                                 cbor::Writer& out) {
  DAYMARK_TRY(const ImagePiece piece, read_piece(in));
  const bool waits = approved.version > from_.version && approved.image != from_.image;
  if (!waits) return fail(errc::gov_no_image);
  DAYMARK_CHECK(store(piece));
  out.put_unsigned(written_);
  return ok();
}

/// In sequence, from an erased sector on; the head comes last, so that half an image is none.
Result<void> ImageDoor::store(const ImagePiece& piece) {
  const unsigned slot = from_.slot == image_sector ? image_sector + 1 : image_sector;
  const std::size_t room = certificate_at(flash_.sector(slot).size()) - image_head_size;
  if (piece.size > room || (piece.offset != 0 && piece.offset != written_)) {
    return fail(errc::gov_message, field::image);
  }
  if (piece.offset == 0) DAYMARK_CHECK(flash_.erase(slot));
  DAYMARK_CHECK(flash_.program(slot, image_head_size + piece.offset, piece.bytes));
  written_ = piece.offset + static_cast<std::uint32_t>(piece.bytes.size());
  return written_ == piece.size ? flash_.program(slot, 0, write_image_head(piece.size)) : ok();
}

Result<void> ImageDoor::on_statement(cbor::Reader& in, cbor::Writer& out) const {
  DAYMARK_TRY(const ByteView nonce, in.read_bytes(nonce_least, nonce_most, field::nonce));
  DAYMARK_CHECK(in.expect_end());
  DAYMARK_TRY(const ByteView certificate, read_certificate(flash_.sector(from_.slot)));
  ByteArray<claims_room> claims_space{};
  cbor::Writer claims(claims_space);
  claims.open_array(4);
  claims.put_bytes(nonce);
  claims.put_bytes(chip_.bytes);
  claims.put_bytes(boot_.view());
  claims.put_bytes(from_.image);
  DAYMARK_TRY(const ByteView payload, claims.finish());
  ByteArray<statement_room> space{};
  crypto::SecretKey key = image_key(from_.image_secret);
  const Result<ByteView> statement = cbor::make_sign1(payload, image_statement_purpose, key, space);
  crypto::erase(key.seed);
  if (!statement) return std::unexpected(statement.error());
  out.open_array(2);
  out.put_bytes(certificate);
  out.put_bytes(*statement);
  return ok();
}

Result<void> ImageDoor::append(BootStep step, const ImageName& name) {
  return BootBook(flash_).append({step, name, from_.image, Digest{}}, from_.boot_key);
}

Result<void> ImageDoor::note(const ApprovedFirmware& approved) {
  const bool newer = approved.version > std::max(noted_, from_.version);
  // The first stage believes nobody who has not been seen to answer.
  if (!confirmed_ || !newer || approved.image == from_.image) return ok();
  DAYMARK_CHECK(append(BootStep::approved, {approved.version, approved.image}));
  noted_ = approved.version;
  return ok();
}

Result<void> ImageDoor::confirm() {
  if (confirmed_) return ok();
  DAYMARK_CHECK(append(BootStep::started, {from_.version, from_.image}));
  confirmed_ = true;
  return ok();
}

}  // namespace daymark::governor
