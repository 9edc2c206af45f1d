#include "daymark/evidence/tokens/cose_message.h"

#include <algorithm>
#include <array>

#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/cbor_tree.h"

namespace daymark::evidence {

namespace {

using cbor::Type;

// RFC 9052 §2, §3.1; RFC 8392 §6.
constexpr std::uint64_t tag_mac0 = 17;
constexpr std::uint64_t tag_sign1 = 18;
constexpr std::uint64_t tag_cwt = 61;
constexpr std::uint64_t tag_mac = 97;
constexpr std::uint64_t tag_sign = 98;
constexpr std::int64_t alg_label = 1;
constexpr std::int64_t crit_label = 2;
constexpr std::int64_t content_type_label = 3;
constexpr std::int64_t kid_label = 4;
constexpr std::size_t headers_max = 64;

/// Both headers of a body or of a signer.
struct HeadersIn {
  ByteView protected_bytes;
  std::optional<SignatureAlgorithm> algorithm;
  std::optional<ByteView> key_id;
};

Result<SignatureAlgorithm> read_algorithm(const CborItem& item) {
  const auto number = item.integer();
  for (const auto known : {SignatureAlgorithm::es256, SignatureAlgorithm::es384,
                           SignatureAlgorithm::es512, SignatureAlgorithm::eddsa}) {
    if (number && *number == static_cast<std::int64_t>(known)) return known;
  }
  return item.fail_here(errc::cose_algorithm, field::token_header);
}

Result<void> take_headers(const CborItem& map, HeadersIn& out) {
  if (const auto algorithm = map.find(alg_label)) {
    DAYMARK_TRY(out.algorithm, read_algorithm(*algorithm));
  }
  if (const auto id = map.find(kid_label)) {
    DAYMARK_TRY(out.key_id, id->bytes(0, token_size_max, field::token_header));
  }
  return ok();
}

/// RFC 9052 §3.1: what is critical must be there, and must be understood.
Result<void> check_critical(const CborItem& header) {
  const auto critical = header.find(crit_label);
  if (!critical) return ok();
  DAYMARK_TRY(const auto labels, critical->items(field::token_header));
  if (labels.empty()) return critical->fail_here(errc::cose_malformed, field::token_header);
  for (const CborItem& label : labels) {
    const auto number = label.integer();
    const bool understood =
        number && (*number == alg_label || *number == content_type_label || *number == kid_label);
    if (!understood || !header.find(*number)) {
      return label.fail_here(errc::cose_critical, field::token_header);
    }
  }
  return ok();
}

/// A label of one header must not stand in the other (RFC 9052 §3).
Result<void> check_apart(const CborItem& guarded, const CborItem& open) {
  DAYMARK_TRY(const auto theirs, open.pairs(field::token_header));
  DAYMARK_TRY(const auto ours, guarded.pairs(field::token_header));
  for (const CborPair& pair : theirs) {
    const bool twice = std::ranges::any_of(ours, [&pair](const CborPair& other) {
      if (const auto number = pair.key.integer()) return other.key.integer() == number;
      const auto text = pair.key.text(token_size_max);
      return text && other.key.text(token_size_max) == text;
    });
    if (twice) return pair.key.fail_here(errc::cbor_key_duplicate, field::token_header);
  }
  return ok();
}

/// An error inside a byte string, told by its place in the whole.
Error shifted(Error error, const CborItem& string) {
  error.offset += string.offset() + static_cast<std::uint32_t>(string.raw().size()) -
                  static_cast<std::uint32_t>(string.bytes(0, token_size_max)->size());
  return error;
}

Result<void> read_guarded(const CborItem& string, const CborItem& open, HeadersIn& out) {
  const auto tree = CborTree::parse(out.protected_bytes);
  if (!tree) return fail(shifted(tree.error(), string));
  const CborItem map = tree->root();
  DAYMARK_TRY(const auto pairs, map.pairs(field::token_header));
  if (pairs.size() > headers_max) {
    return string.fail_here(errc::cbor_length, field::token_header);
  }
  // RFC 9052 §3: an empty map may come as h'a0'; it is signed as h''.
  if (pairs.empty()) out.protected_bytes = {};
  DAYMARK_CHECK(check_apart(map, open));
  DAYMARK_CHECK(check_critical(map));
  return take_headers(map, out);
}

Result<HeadersIn> read_headers_of(const CborItem& string, const CborItem& open) {
  HeadersIn out;
  DAYMARK_TRY(const auto pairs, open.pairs(field::token_header));
  if (pairs.size() > headers_max) return open.fail_here(errc::cbor_length, field::token_header);
  if (open.find(crit_label)) return open.fail_here(errc::cose_critical, field::token_header);
  DAYMARK_CHECK(take_headers(open, out));
  DAYMARK_TRY(out.protected_bytes, string.bytes(0, token_size_max, field::token_header));
  if (!out.protected_bytes.empty()) DAYMARK_CHECK(read_guarded(string, open, out));
  return out;
}

Result<CoseSignature> signature_of(const HeadersIn& headers, const CborItem& value) {
  if (!headers.algorithm) return value.fail_here(errc::cose_algorithm, field::token_header);
  DAYMARK_TRY(const ByteView bytes, value.bytes(0, token_size_max, field::token));
  return CoseSignature{headers.protected_bytes, *headers.algorithm, headers.key_id, bytes};
}

Result<void> read_signers(const CborItem& list, CoseMessage& out) {
  DAYMARK_TRY(const auto signers, list.items(field::token));
  if (signers.empty() || signers.size() > cose_signatures_max) {
    return list.fail_here(errc::cose_signers, field::token);
  }
  for (const CborItem& signer : signers) {
    DAYMARK_TRY(const auto parts, signer.items(field::token));
    if (parts.size() != 3) return signer.fail_here(errc::cose_malformed, field::token);
    DAYMARK_TRY(const HeadersIn headers, read_headers_of(parts[0], parts[1]));
    DAYMARK_TRY(auto signature, signature_of(headers, parts[2]));
    out.signatures.push_back(signature);
  }
  return ok();
}

/// The array of four inside the tags.
Result<CborItem> open_tags(const CborItem& root, Untagged untagged, CoseMessage& out) {
  const CborItem item = root.tag() == tag_cwt ? root.content() : root;
  const std::uint64_t tag = item.tag();
  if (tag == tag_mac0 || tag == tag_mac) return item.fail_here(errc::cose_mac, field::token);
  out.one_signer = tag != tag_sign;
  out.tagged = item.is(Type::tag);
  const bool bare = !out.tagged && untagged == Untagged::allowed;
  if (!bare && tag != tag_sign1 && tag != tag_sign) {
    return item.fail_here(errc::cose_malformed, field::token);
  }
  return item.content();
}

}  // namespace

Result<CoseMessage> parse_cose(ByteView message, Untagged untagged) {
  if (message.size() > token_size_max) return fail(errc::cbor_length, field::token);
  DAYMARK_TRY(const CborTree tree, CborTree::parse(message));
  CoseMessage out;
  DAYMARK_TRY(const CborItem body, open_tags(tree.root(), untagged, out));
  DAYMARK_TRY(const auto parts, body.items(field::token));
  if (parts.size() != 4) return body.fail_here(errc::cose_malformed, field::token);
  DAYMARK_TRY(const HeadersIn headers, read_headers_of(parts[0], parts[1]));
  out.protected_header = headers.protected_bytes;
  if (!parts[2].is_null()) {
    DAYMARK_TRY(out.payload, parts[2].bytes(0, token_size_max, field::token));
  }
  if (!out.one_signer) {
    DAYMARK_CHECK(read_signers(parts[3], out));
    return out;
  }
  DAYMARK_TRY(auto signature, signature_of(headers, parts[3]));
  signature.protected_header = {};
  out.signatures.push_back(signature);
  return out;
}

std::vector<Byte> cose_signed_bytes(const CoseMessage& message, std::size_t signature,
                                    ByteView external_aad) {
  return cbor::encode([&](cbor::Writer& out) {
    out.open_array(message.one_signer ? 4 : 5);
    out.put_text(message.one_signer ? "Signature1" : "Signature");
    out.put_bytes(message.protected_header);
    if (!message.one_signer) out.put_bytes(message.signatures[signature].protected_header);
    out.put_bytes(external_aad);
    out.put_bytes(message.payload.value_or(ByteView{}));
  });
}

Result<VerifiedContent> verify_cose(const CoseMessage& message, const VerifyingKey& key,
                                    ByteView external_aad) {
  if (!message.payload) return fail(errc::cose_detached, field::token);
  Errc refusal = errc::cose_key_algorithm;
  for (std::size_t i = 0; i < message.signatures.size(); ++i) {
    const CoseSignature& one = message.signatures[i];
    if (one.algorithm != key.algorithm()) continue;
    refusal = errc::cose_signature;
    if (key.verifies(cose_signed_bytes(message, i, external_aad), one.signature)) {
      return VerifiedContent(*message.payload, i);
    }
  }
  return fail(refusal, field::token);
}

}  // namespace daymark::evidence
