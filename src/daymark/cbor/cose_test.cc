#include "daymark/cbor/cose.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/cbor/naive_testing.h"

namespace daymark::cbor {
namespace {

using testing::hex;

constexpr std::string_view purpose = "daymark test v1";

crypto::SecretKey secret(Byte seed) {
  crypto::SecretKey key;
  key.seed.fill(seed);
  return key;
}

crypto::PublicKey known(Byte seed) {
  return crypto::ed25519_public(secret(seed));
}

std::vector<Byte> sample() {
  return sign1(bytes_of("payload"), purpose, secret(1));
}

/// Bytes put together by hand, where the writer under test has no part.
std::vector<Byte> joined(std::initializer_list<ByteView> parts) {
  std::vector<Byte> out;
  for (const ByteView part : parts)
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

std::vector<Byte> header_of(const crypto::PublicKey& key) {
  return joined({hex("a201270448"), crypto::key_id(key).view()});
}

TEST(Sign1, HasTheFormOfRfc9052) {
  const std::vector<Byte> header = header_of(known(1));
  const auto signed_bytes = joined({hex("846a5369676e617475726531"), hex("4d"), header, hex("4f"),
                                    bytes_of(purpose), hex("47"), bytes_of("payload")});
  const auto signature = crypto::ed25519_sign(secret(1), signed_bytes);
  const auto expected = joined(
      {hex("d2844d"), header, hex("a047"), bytes_of("payload"), hex("5840"), signature.bytes});
  EXPECT_EQ(to_hex(sample()), to_hex(expected));
}

TEST(Sign1, OpensWithItsKeyAndPurposeOnly) {
  const std::vector<Byte> message = sample();
  EXPECT_EQ(text_of(open_sign1(message, purpose, known(1)).value()), "payload");
  EXPECT_EQ(open_sign1(message, "daymark other v1", known(1)).error().code, errc::cose_signature);
  EXPECT_EQ(open_sign1(message, purpose, known(2)).error(),
            (Error{errc::cose_signature, field::cose_key_id, 0}));
}

/// Purposes and payloads of every length class give the bytes that one buffer would.
TEST(Sign1, IsTheSameWithoutABuffer) {
  for (const std::size_t size : {0U, 1U, 23U, 24U, 255U, 256U, 4000U}) {
    const std::vector<Byte> payload(size, 7);
    const std::string long_purpose(size % 300, 'p');
    std::vector<Byte> space(size + 200);
    const auto made = make_sign1(payload, long_purpose, secret(1), space);
    ASSERT_TRUE(made);
    EXPECT_EQ(to_hex(*made), to_hex(sign1(payload, long_purpose, secret(1))));
    const auto parsed = parse_sign1(*made);
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(verify_sign1(*parsed, long_purpose, known(1)));
    EXPECT_FALSE(verify_sign1(*parsed, long_purpose + "x", known(1)));
    EXPECT_EQ(verify_sign1(*parsed, long_purpose, known(2)).error(),
              (Error{errc::cose_signature, field::cose_key_id, 0}));
  }
}

TEST(Sign1, ParsesIntoViews) {
  const std::vector<Byte> message = sample();
  const auto parsed = parse_sign1(message);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->key, crypto::key_id(known(1)));
  EXPECT_EQ(text_of(parsed->payload), "payload");
  EXPECT_TRUE(equal(parsed->protected_header, header_of(known(1))));
}

TEST(Sign1, EveryFlippedBitIsRefused) {
  const std::vector<Byte> message = sample();
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    std::vector<Byte> changed = message;
    changed[bit / 8] = static_cast<Byte>(changed[bit / 8] ^ 1U << bit % 8);
    EXPECT_FALSE(open_sign1(changed, purpose, known(1))) << bit;
  }
}

TEST(Sign1, EveryCutAndAnyTrailingByteIsRefused) {
  std::vector<Byte> message = sample();
  for (std::size_t size = 0; size < message.size(); ++size)
    EXPECT_FALSE(parse_sign1(ByteView(message).first(size))) << size;
  message.push_back(0);
  EXPECT_EQ(parse_sign1(message).error().code, errc::cbor_trailing);
}

/// A COSE_Sign1 of an empty payload and a zero signature with these headers.
Error header_error(std::string_view protected_header, std::string_view unprotected = "a0") {
  const std::vector<Byte> header = hex(protected_header);
  const auto length = static_cast<Byte>(0x40 + header.size());
  const std::vector<Byte> signature(64);
  const auto message =
      joined({hex("d284"), {&length, 1}, header, hex(unprotected), hex("405840"), signature});
  const auto parsed = parse_sign1(message);
  return parsed ? Error{} : parsed.error();
}

TEST(Sign1, AcceptsOneHeaderOnly) {
  const std::string kid =
      "0448"
      "0001020304050607";
  EXPECT_EQ(header_error("a20127" + kid), Error{});
  // Another algorithm, a critical parameter, a missing or foreign one.
  EXPECT_EQ(header_error("a20126" + kid).code, errc::cose_algorithm);
  EXPECT_EQ(header_error("a1" + kid).code, errc::cose_algorithm);
  EXPECT_EQ(header_error("a3012702"
                         "8101" +
                         kid)
                .code,
            errc::cose_critical);
  EXPECT_EQ(header_error("a10127").code, errc::cose_malformed);
  EXPECT_EQ(header_error("a301270300" + kid).code, errc::cose_malformed);
  EXPECT_EQ(header_error("a20127"
                         "044100")
                .code,
            errc::cbor_length);
  EXPECT_EQ(header_error("a2" + kid + "0127").code, errc::cbor_key_order);
  EXPECT_EQ(header_error("a301270127" + kid).code, errc::cbor_key_duplicate);
  EXPECT_EQ(header_error("a20127" + kid + "00").code, errc::cbor_trailing);
  EXPECT_EQ(header_error("a2012704").code, errc::cbor_truncated);
  EXPECT_EQ(header_error("").code, errc::cbor_truncated);
}

TEST(Sign1, UnprotectedHeaderIsEmpty) {
  const std::string header = "a2012704480001020304050607";
  EXPECT_EQ(header_error(header, "a10441aa"),
            (Error{errc::cose_malformed, field::cose_unprotected, 16}));
  EXPECT_EQ(header_error(header, "80").code, errc::cbor_type);
}

TEST(Sign1, HeaderErrorsPointIntoTheMessage) {
  // The algorithm stands at byte 2 of the header, which starts at byte 3.
  EXPECT_EQ(header_error("a20126"
                         "04480001020304050607"),
            (Error{errc::cose_algorithm, field::cose_protected, 5}));
}

TEST(Sign1, WantsItsTagAndShape) {
  EXPECT_EQ(parse_sign1(hex("84")).error().code, errc::cbor_type);
  EXPECT_EQ(parse_sign1(hex("d18440a04040")).error().code, errc::cose_malformed);
  EXPECT_EQ(parse_sign1(hex("d28340a040")).error().code, errc::cbor_length);
  EXPECT_FALSE(parse_sign1({}));
  std::vector<Byte> detached = sample();
  detached[17] = 0xF6;
  EXPECT_EQ(parse_sign1(detached).error().code, errc::cbor_type);
}

RC_GTEST_PROP(Sign1, ItsSignatureCoversNoMoreThanTheMessageAndThePurpose,
              (const std::vector<Byte>& payload)) {
  const std::vector<Byte> message = sign1(payload, purpose, secret(3));
  const auto parsed = parse_sign1(message).value();
  std::vector<Byte> space(message.size() + purpose.size());
  const auto covered = signed_bytes(parsed, purpose, space);
  RC_ASSERT(covered.has_value());
  RC_ASSERT(crypto::ed25519_verify(known(3), *covered, parsed.signature).has_value());
  RC_ASSERT(!signed_bytes(parsed, purpose, MutableBytes(space).first(covered->size() - 1)));
}

TEST(Sign1, SmallBuffersAreNamed) {
  std::vector<Byte> scratch(7 + purpose.size() + sig_structure_overhead);
  std::vector<Byte> out(200);
  const auto payload = bytes_of("payload");
  const auto message = make_sign1(payload, purpose, secret(1), out, scratch);
  ASSERT_TRUE(message);
  const auto parsed = parse_sign1(*message).value();
  EXPECT_TRUE(verify_sign1(parsed, purpose, known(1), scratch));
  const MutableBytes little = std::span(scratch).first(20);
  EXPECT_EQ(verify_sign1(parsed, purpose, known(1), little).error().code, errc::buffer_too_small);
  EXPECT_EQ(make_sign1(payload, purpose, secret(1), out, little).error().code,
            errc::buffer_too_small);
  for (std::size_t size = 0; size < message->size(); ++size) {
    std::vector<Byte> small(size);
    EXPECT_FALSE(make_sign1(payload, purpose, secret(1), small, scratch)) << size;
  }
}

RC_GTEST_PROP(Sign1, AnyPayloadReturns, (const std::vector<Byte>& payload)) {
  const std::vector<Byte> message = sign1(payload, purpose, secret(3));
  RC_ASSERT(equal(open_sign1(message, purpose, known(3)).value(), payload));
}

/// A COSE_Sign by the keys of these seeds.
std::vector<Byte> sign_by(std::string_view payload, const std::vector<Byte>& seeds) {
  std::vector<Byte> scratch(payload.size() + 200);
  std::vector<SignerEntry> entries;
  entries.reserve(seeds.size());
  for (const Byte seed : seeds) {
    entries.push_back(make_signer(bytes_of(payload), purpose, secret(seed), scratch).value());
  }
  std::vector<Byte> out(4000);
  out.resize(write_sign(bytes_of(payload), entries, out).value().size());
  return out;
}

TEST(Sign, HasTheFormOfRfc9052) {
  const std::vector<Byte> header = header_of(known(5));
  const auto signed_bytes = joined({hex("85695369676e6174757265"), hex("404d"), header, hex("4f"),
                                    bytes_of(purpose), hex("4178")});
  const auto signature = crypto::ed25519_sign(secret(5), signed_bytes);
  const auto expected =
      joined({hex("d8628440a041788183"), hex("4d"), header, hex("a05840"), signature.bytes});
  EXPECT_EQ(to_hex(sign_by("x", {5})), to_hex(expected));
}

TEST(Sign, EverySignerVerifiesWithItsOwnKey) {
  const std::vector<Byte> message = sign_by("payload", {1, 2, 3});
  const auto parsed = parse_sign(message);
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->signer_list().size(), 3U);
  std::vector<Byte> scratch(200);
  for (Byte seed = 1; seed <= 3; ++seed) {
    const SignerEntry& signer = parsed->signer_list()[seed - 1U];
    EXPECT_TRUE(equal(signer.protected_header, header_of(known(seed))));
    EXPECT_TRUE(verify_signer(*parsed, signer, purpose, known(seed), scratch));
    EXPECT_FALSE(verify_signer(*parsed, signer, "other", known(seed), scratch));
    EXPECT_FALSE(verify_signer(*parsed, signer, purpose, known(9), scratch));
  }
  SignerEntry mixed = parsed->signer_list()[0];
  mixed.signature = parsed->signer_list()[1].signature;
  EXPECT_FALSE(verify_signer(*parsed, mixed, purpose, known(1), scratch));
}

TEST(Sign, IsNoSign1AndTheReverse) {
  EXPECT_FALSE(parse_sign1(sign_by("payload", {1})));
  EXPECT_FALSE(parse_sign(sample()));
  // The context string keeps the two signatures apart.
  const std::vector<Byte> message = sign_by("payload", {1});
  const SignerEntry signer = parse_sign(message)->signer_list()[0];
  std::vector<Byte> scratch(200);
  const Sign1 as_one{signer.key, bytes_of("payload"), signer.signature, signer.protected_header};
  EXPECT_FALSE(verify_sign1(as_one, purpose, known(1), scratch));
}

TEST(Sign, BoundsItsSigners) {
  const std::vector<Byte> many(16, 1);
  EXPECT_EQ(parse_sign(sign_by("x", many))->signer_count, 16U);
  std::vector<Byte> out(4000);
  EXPECT_EQ(write_sign({}, {}, out).error().code, errc::cose_signers);
  const std::vector<SignerEntry> too_many(17);
  EXPECT_EQ(write_sign({}, too_many, out).error().code, errc::cose_signers);
  EXPECT_EQ(parse_sign(hex("d8628440a04080")).error().code, errc::cose_signers);
  EXPECT_EQ(parse_sign(hex("d8628440a04091")).error().code, errc::cose_signers);
}

/// Signatures of a message that verify with the key of seed 1 or 2.
std::size_t valid_signatures(ByteView message) {
  const auto parsed = parse_sign(message);
  if (!parsed) return 0;
  std::vector<Byte> scratch(200);
  std::size_t valid = 0;
  for (const SignerEntry& signer : parsed->signer_list()) {
    const bool first = verify_signer(*parsed, signer, purpose, known(1), scratch).has_value();
    const bool second = verify_signer(*parsed, signer, purpose, known(2), scratch).has_value();
    valid += first || second ? 1U : 0U;
  }
  return valid;
}

TEST(Sign, EveryFlippedBitCostsASignature) {
  const std::vector<Byte> message = sign_by("payload", {1, 2});
  ASSERT_EQ(valid_signatures(message), 2U);
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    std::vector<Byte> changed = message;
    changed[bit / 8] = static_cast<Byte>(changed[bit / 8] ^ 1U << bit % 8);
    EXPECT_LT(valid_signatures(changed), 2U) << bit;
  }
}

TEST(Sign, BodyHeadersAreEmpty) {
  EXPECT_EQ(parse_sign(hex("d8628441a0a04080")).error(),
            (Error{errc::cose_malformed, field::cose_protected, 3}));
  EXPECT_EQ(parse_sign(hex("d8628440a10441004080")).error(),
            (Error{errc::cose_malformed, field::cose_unprotected, 4}));
}

}  // namespace
}  // namespace daymark::cbor
