#include "daymark/governor/image_client.h"

#include <algorithm>

#include "daymark/cbor/cose.h"
#include "daymark/cbor/encode.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/fields_internal.h"

namespace daymark::governor {

namespace {

Result<crypto::PublicKey> read_public_key(cbor::Reader& in) {
  DAYMARK_TRY(const Digest bytes, internal::read_digest(in, field::image));
  return crypto::PublicKey{bytes};
}

/// [identity key, digest of the first stage, digest of the image, image key, chip key].
Result<ImageClaim> read_certified(ByteView payload) {
  ImageClaim out;
  cbor::Reader in(payload);
  DAYMARK_CHECK(in.enter_array_of(5, field::image));
  DAYMARK_TRY(out.identity, read_public_key(in));
  DAYMARK_TRY(out.first_stage, internal::read_digest(in, field::image));
  DAYMARK_TRY(out.image, internal::read_digest(in, field::image));
  DAYMARK_TRY(out.image_key, read_public_key(in));
  DAYMARK_TRY(out.chip, read_public_key(in));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

/// [nonce, chip key, boot, image digest], which must be what was asked and certified.
Result<BootId> read_stated(ByteView payload, ByteView nonce, const ImageClaim& certified) {
  cbor::Reader in(payload);
  DAYMARK_CHECK(in.enter_array_of(4, field::image));
  DAYMARK_TRY(const ByteView answered, in.read_bytes(nonce_least, nonce_most, field::nonce));
  DAYMARK_TRY(const crypto::PublicKey chip, read_public_key(in));
  DAYMARK_TRY(const BootId boot, (internal::read_id<struct BootIdTag, 16>(in, field::image)));
  DAYMARK_TRY(const Digest image, internal::read_digest(in, field::image));
  DAYMARK_CHECK(in.expect_end());
  if (!equal(answered, nonce)) return fail(errc::gov_nonce, field::nonce);
  if (chip != certified.chip || image != certified.image) {
    return fail(errc::gov_image_claim, field::image);
  }
  return boot;
}

Outcome<std::vector<Byte>> call_image_door(const Transport& transport,
                                           const std::function<void(cbor::Writer&)>& request) {
  DAYMARK_TRY(std::vector<Byte> response, transport(cbor::encode(request)));
  cbor::Reader reader(response);
  DAYMARK_CHECK(read_response(reader));
  return response;
}

}  // namespace

Outcome<void> install_image(const Transport& transport, ByteView image,
                            const std::function<void(std::size_t)>& progress) {
  std::size_t done = 0;
  while (done < image.size()) {
    ImagePiece piece;
    piece.offset = static_cast<std::uint32_t>(done);
    piece.size = static_cast<std::uint32_t>(image.size());
    piece.bytes = image.subspan(done, std::min(image_piece_max, image.size() - done));
    DAYMARK_CHECK(
        call_image_door(transport, [&](cbor::Writer& out) { write_image_piece(piece, out); }));
    done += piece.bytes.size();
    if (progress) progress(done);
  }
  return {};
}

Outcome<ImageStatement> ask_for_image(const Transport& transport, ByteView nonce) {
  DAYMARK_TRY(const std::vector<Byte> response, call_image_door(transport, [&](cbor::Writer& out) {
                write_image_statement(nonce, out);
              }));
  cbor::Reader in(response);
  DAYMARK_CHECK(read_response(in));
  DAYMARK_CHECK(in.enter_array_of(2, field::image));
  DAYMARK_TRY(const ByteView certificate, in.read_bytes(1, certificate_size_max, field::image));
  DAYMARK_TRY(const ByteView statement, in.read_bytes(1, certificate_size_max, field::image));
  DAYMARK_CHECK(in.expect_end());
  return ImageStatement{{certificate.begin(), certificate.end()},
                        {statement.begin(), statement.end()}};
}

Result<ImageClaim> check_image_statement(const ImageStatement& documents, ByteView nonce) {
  DAYMARK_TRY(const cbor::Sign1 certificate, cbor::parse_sign1(documents.certificate));
  DAYMARK_TRY(ImageClaim out, read_certified(certificate.payload));
  DAYMARK_CHECK(cbor::verify_sign1(certificate, image_certificate_purpose, out.identity));
  DAYMARK_TRY(const cbor::Sign1 statement, cbor::parse_sign1(documents.statement));
  DAYMARK_CHECK(cbor::verify_sign1(statement, image_statement_purpose, out.image_key));
  DAYMARK_TRY(out.boot, read_stated(statement.payload, nonce, out));
  return out;
}

}  // namespace daymark::governor
