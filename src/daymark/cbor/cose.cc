#include "daymark/cbor/cose.h"

#include <limits>

#include "daymark/cbor/cose_internal.h"
#include "daymark/cbor/errors.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/writer.h"

namespace daymark::cbor {

namespace {

// RFC 9052 §2 and §3.1, RFC 9053 §2.2.
constexpr std::uint64_t tag_sign1 = 18;
constexpr std::uint64_t tag_sign = 98;
constexpr std::int64_t label_algorithm = 1;
constexpr std::int64_t label_critical = 2;
constexpr std::int64_t label_key_id = 4;
constexpr std::int64_t algorithm_eddsa = -8;
constexpr std::size_t any_size = std::numeric_limits<std::size_t>::max();
/// {1: -8, 4: kid of 8 bytes}
constexpr std::size_t header_size = 13;
constexpr std::size_t labels_max = 8;

/// The encoded protected header of a key.
class HeaderOf {
 public:
  explicit HeaderOf(const KeyId& key) {
    Writer out(bytes_);
    out.open_map(2);
    out.put_integer(label_algorithm);
    out.put_integer(algorithm_eddsa);
    out.put_integer(label_key_id);
    out.put_bytes(key.view());
  }

  [[nodiscard]] ByteView view() const { return bytes_; }

 private:
  ByteArray<header_size> bytes_{};
};

/// The two parameters of a protected header; false until read.
struct Parameters {
  bool algorithm = false;
  bool key = false;
  KeyId key_id;
};

Result<void> read_parameter(Reader& in, std::int64_t label, Parameters& out) {
  const std::uint32_t start = in.offset();
  if (label == label_algorithm) {
    DAYMARK_TRY(const std::int64_t algorithm, in.read_integer(field::cose_protected));
    if (algorithm != algorithm_eddsa) {
      return fail(errc::cose_algorithm, field::cose_protected, start);
    }
    out.algorithm = true;
    return ok();
  }
  // RFC 9052 §3.1: a critical parameter that is not understood is an error.
  if (label == label_critical) return fail(errc::cose_critical, field::cose_protected, start);
  if (label != label_key_id) return fail(errc::cose_malformed, field::cose_protected, start);
  DAYMARK_TRY(out.key_id.bytes, in.read_array_of_bytes<KeyId::size>(field::cose_key_id));
  out.key = true;
  return ok();
}

Result<KeyId> parse_header(ByteView header) {
  Reader in(header);
  Parameters parameters;
  MapKeys keys;
  DAYMARK_TRY(const std::size_t pairs, in.enter_map(labels_max, field::cose_protected));
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::uint32_t start = in.offset();
    DAYMARK_TRY(const std::int64_t label, in.read_integer(field::cose_protected));
    DAYMARK_CHECK(keys.next(label, start));
    DAYMARK_CHECK(read_parameter(in, label, parameters));
  }
  DAYMARK_CHECK(in.expect_end());
  if (!parameters.algorithm) return fail(errc::cose_algorithm, field::cose_protected);
  if (!parameters.key) return fail(errc::cose_malformed, field::cose_key_id);
  return parameters.key_id;
}

/// A protected header as a message carries it: the bytes and the key they name.
struct HeaderIn {
  KeyId key;
  ByteView bytes;
};

/// Reads the protected header and the empty unprotected one behind it.
Result<HeaderIn> read_headers(Reader& in) {
  DAYMARK_TRY(const ByteView bytes, in.read_bytes(0, any_size, field::cose_protected));
  const std::uint32_t base = in.offset() - static_cast<std::uint32_t>(bytes.size());
  const Result<KeyId> key = parse_header(bytes);
  if (!key) return fail(key.error().code, field::cose_protected, base + key.error().offset);
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::size_t pairs, in.enter_map(labels_max, field::cose_unprotected));
  if (pairs != 0) return fail(errc::cose_malformed, field::cose_unprotected, start);
  return HeaderIn{*key, bytes};
}

/// The tag and the array of four that both messages begin with.
Result<void> enter_message(Reader& in, std::uint64_t tag) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::uint64_t found, in.read_tag());
  if (found != tag) return fail(errc::cose_malformed, no_field, start);
  return in.enter_array_of(4);
}

Result<crypto::Signature> read_signature(Reader& in) {
  DAYMARK_TRY(const auto bytes, in.read_array_of_bytes<64>(field::cose_signature_field));
  return crypto::Signature{bytes};
}

Result<SignerEntry> read_signer(Reader& in) {
  DAYMARK_CHECK(in.enter_array_of(3, field::cose_signature_field));
  DAYMARK_TRY(const HeaderIn header, read_headers(in));
  DAYMARK_TRY(const crypto::Signature signature, read_signature(in));
  return SignerEntry{header.key, signature, header.bytes};
}

/// The empty protected header of the body of a COSE_Sign.
Result<void> read_empty_headers(Reader& in) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const ByteView bytes, in.read_bytes(0, any_size, field::cose_protected));
  if (!bytes.empty()) return fail(errc::cose_malformed, field::cose_protected, start);
  DAYMARK_TRY(const std::size_t pairs, in.enter_map(labels_max, field::cose_unprotected));
  return pairs == 0 ? ok() : fail(errc::cose_malformed, field::cose_unprotected, start + 1);
}

/// Sig_structure in four parts; only the small ones are written.
class SignedParts {
 public:
  SignedParts(ByteView payload, const internal::SignedContext& context) {
    Writer out(bytes_);
    internal::put_front(context, out);
    out.open_bytes(context.purpose.size());
    const std::size_t front = out.size();
    out.open_bytes(payload.size());
    const ByteView all(bytes_);
    parts_ = {all.first(front), bytes_of(context.purpose), all.subspan(front, out.size() - front),
              payload};
  }

  [[nodiscard]] std::span<const ByteView> view() const { return parts_; }

 private:
  ByteArray<sig_structure_overhead> bytes_{};
  std::array<ByteView, crypto::signed_parts_max> parts_{};
};

struct Signer {
  const KeyId& named;
  const crypto::PublicKey& key;
  const crypto::Signature& signature;
};

Result<void> verify(std::span<const ByteView> parts, const Signer& signer) {
  if (crypto::key_id(signer.key) != signer.named) {
    return fail(errc::cose_signature, field::cose_key_id);
  }
  if (!crypto::ed25519_verify(signer.key, parts, signer.signature)) {
    return fail(errc::cose_signature, field::cose_signature_field);
  }
  return ok();
}

}  // namespace

namespace internal {

void put_front(const SignedContext& context, Writer& out) {
  out.open_array(context.one_signer ? 4 : 5);
  constexpr std::string_view one = "Signature1";
  constexpr std::string_view several = "Signature";
  out.put_text(context.one_signer ? one : several);
  if (!context.one_signer) out.put_bytes({});
  out.put_bytes(HeaderOf(context.key).view());
}

Result<ByteView> to_be_signed(ByteView payload, const SignedContext& context,
                              MutableBytes scratch) {
  Writer out(scratch);
  put_front(context, out);
  out.put_bytes(bytes_of(context.purpose));
  out.put_bytes(payload);
  return out.finish();
}

Result<ByteView> write_sign1(ByteView payload, const SignerEntry& signer, MutableBytes out) {
  Writer writer(out);
  writer.put_tag(tag_sign1);
  writer.open_array(4);
  writer.put_bytes(HeaderOf(signer.key).view());
  writer.open_map(0);
  writer.put_bytes(payload);
  writer.put_bytes(signer.signature.bytes);
  return writer.finish();
}

}  // namespace internal

Result<Sign1> parse_sign1(ByteView message) {
  Reader in(message);
  DAYMARK_CHECK(enter_message(in, tag_sign1));
  DAYMARK_TRY(const HeaderIn header, read_headers(in));
  DAYMARK_TRY(const ByteView payload, in.read_bytes(0, any_size, field::cose_payload));
  DAYMARK_TRY(const crypto::Signature signature, read_signature(in));
  DAYMARK_CHECK(in.expect_end());
  return Sign1{header.key, payload, signature, header.bytes};
}

Result<Sign> parse_sign(ByteView message) {
  Sign out;
  DAYMARK_CHECK(parse_sign_into(message, out));
  return out;
}

Result<void> parse_sign_into(ByteView message, Sign& out) {
  Reader in(message);
  DAYMARK_CHECK(enter_message(in, tag_sign));
  DAYMARK_CHECK(read_empty_headers(in));
  DAYMARK_TRY(out.payload, in.read_bytes(0, any_size, field::cose_payload));
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::size_t count, in.enter_array(any_size, field::cose_signature_field));
  if (count == 0 || count > signatures_max) {
    return fail(errc::cose_signers, field::cose_signature_field, start);
  }
  for (out.signer_count = 0; out.signer_count < count; ++out.signer_count) {
    DAYMARK_TRY(out.signers[out.signer_count], read_signer(in));
  }
  return in.expect_end();
}

Result<ByteView> signed_bytes(const Sign1& message, std::string_view purpose, MutableBytes out) {
  const internal::SignedContext context{message.key, purpose, true};
  return internal::to_be_signed(message.payload, context, out);
}

Result<void> verify_sign1(const Sign1& message, std::string_view purpose,
                          const crypto::PublicKey& key, MutableBytes scratch) {
  DAYMARK_TRY(const ByteView bytes, signed_bytes(message, purpose, scratch));
  return verify(std::span<const ByteView>(&bytes, 1), {message.key, key, message.signature});
}

Result<void> verify_signer(const Sign& message, const SignerEntry& signer, std::string_view purpose,
                           const crypto::PublicKey& key, MutableBytes scratch) {
  const internal::SignedContext context{signer.key, purpose, false};
  DAYMARK_TRY(const ByteView bytes, internal::to_be_signed(message.payload, context, scratch));
  return verify(std::span<const ByteView>(&bytes, 1), {signer.key, key, signer.signature});
}

Result<void> verify_sign1(const Sign1& message, std::string_view purpose,
                          const crypto::PublicKey& key) {
  const SignedParts parts(message.payload, {message.key, purpose, true});
  return verify(parts.view(), {message.key, key, message.signature});
}

Result<void> verify_signer(const Sign& message, const SignerEntry& signer, std::string_view purpose,
                           const crypto::PublicKey& key) {
  const SignedParts parts(message.payload, {signer.key, purpose, false});
  return verify(parts.view(), {signer.key, key, signer.signature});
}

Result<ByteView> make_sign1(ByteView payload, std::string_view purpose,
                            const crypto::SecretKey& key, MutableBytes out) {
  const KeyId id = crypto::key_id(crypto::ed25519_public(key));
  const SignedParts parts(payload, {id, purpose, true});
  return internal::write_sign1(payload, {id, crypto::ed25519_sign(key, parts.view()), {}}, out);
}

Result<ByteView> make_sign1(ByteView payload, std::string_view purpose,
                            const crypto::SecretKey& key, MutableBytes out, MutableBytes scratch) {
  const KeyId id = crypto::key_id(crypto::ed25519_public(key));
  DAYMARK_TRY(const ByteView bytes, internal::to_be_signed(payload, {id, purpose, true}, scratch));
  return internal::write_sign1(payload, {id, crypto::ed25519_sign(key, bytes), {}}, out);
}

Result<SignerEntry> make_signer(ByteView payload, std::string_view purpose,
                                const crypto::SecretKey& key, MutableBytes scratch) {
  const KeyId id = crypto::key_id(crypto::ed25519_public(key));
  DAYMARK_TRY(const ByteView bytes, internal::to_be_signed(payload, {id, purpose, false}, scratch));
  return SignerEntry{id, crypto::ed25519_sign(key, bytes), {}};
}

Result<ByteView> write_sign(ByteView payload, std::span<const SignerEntry> signers,
                            MutableBytes out) {
  if (signers.empty() || signers.size() > signatures_max) return fail(errc::cose_signers);
  Writer writer(out);
  writer.put_tag(tag_sign);
  writer.open_array(4);
  writer.put_bytes({});
  writer.open_map(0);
  writer.put_bytes(payload);
  writer.open_array(signers.size());
  for (const SignerEntry& signer : signers) {
    writer.open_array(3);
    writer.put_bytes(HeaderOf(signer.key).view());
    writer.open_map(0);
    writer.put_bytes(signer.signature.bytes);
  }
  return writer.finish();
}

}  // namespace daymark::cbor
