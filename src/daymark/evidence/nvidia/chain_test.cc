#include "daymark/evidence/nvidia/chain.h"

#include <thread>

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_testing.h"
#include "daymark/evidence/pki/certificate_internal.h"
#include "daymark/evidence/pki/pem.h"

namespace daymark::evidence {
namespace {

Error chain_error(const TestChain& chain, const std::string& pem) {
  const auto verifier = ChainVerifier::create(chain.root());
  if (!verifier) return verifier.error();
  const auto verified = verifier->verify(pem);
  return verified ? Error{} : verified.error();
}

/// The verdict on a chain in which one certificate was bent.
Error error_of(std::size_t number, const std::function<void(CertificatePlan&)>& bend) {
  auto plan = good_plan();
  bend(plan.at(number));
  const TestChain chain(plan);
  return chain_error(chain, chain.pem());
}

TEST(Chain, GoodChainStands) {
  const TestChain chain(good_plan());
  const auto verifier = ChainVerifier::create(chain.root());
  ASSERT_TRUE(verifier);
  const auto verified = verifier->verify(chain.pem());
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->device().model, "GH100 TEST BROM");
  EXPECT_EQ(verified->device().ueid, "1000");
  EXPECT_EQ(verified->device().device_info, "");
  EXPECT_EQ(to_hex(*verified->device().firmware), certified_fwid_hex);
  EXPECT_TRUE(verified->check_valid_at(test_time));
}

TEST(Chain, MustHaveFiveCertificates) {
  const TestChain chain(good_plan());
  EXPECT_EQ(chain_error(chain, chain.pem(0, 4)).code, errc::chain_length);
  EXPECT_EQ(chain_error(chain, chain.pem(1, 5)).code, errc::chain_length);
  EXPECT_EQ(chain_error(chain, chain.pem(4, 5)).code, errc::chain_length);
  EXPECT_EQ(chain_error(chain, chain.pem() + chain.root()).code, errc::chain_length);
}

TEST(Chain, MustEndAtThePinnedRoot) {
  const TestChain chain(good_plan());
  const TestChain other(good_plan());  // the same names, other keys
  EXPECT_EQ(chain_error(other, chain.pem()).code, errc::chain_root);
  EXPECT_EQ(chain_error(chain, chain.pem(0, 4) + other.root()).code, errc::chain_root);
}

TEST(Chain, CertificatesInAnotherOrderAreRefused) {
  const TestChain chain(good_plan());
  const std::string mixed = chain.pem(0, 1) + chain.pem(2, 3) + chain.pem(1, 2) + chain.pem(3, 5);
  EXPECT_EQ(chain_error(chain, mixed).code, errc::chain_link);
}

TEST(Chain, ForgedSignaturesAreRefusedAtEachLink) {
  for (std::size_t i = 0; i + 1 < chain_certificates; ++i) {
    const Error error = error_of(i, [](CertificatePlan& plan) { plan.forged = true; });
    EXPECT_EQ(error.code, errc::chain_signature) << i;
    EXPECT_EQ(error.offset, i);
  }
}

TEST(Chain, RememberedIssuersVouchForNobodyElse) {
  const TestChain chain(good_plan());
  const TestChain other(good_plan());  // the same names, other keys
  const auto verifier = ChainVerifier::create(chain.root());
  ASSERT_TRUE(verifier);
  ASSERT_TRUE(verifier->verify(chain.pem()));
  const auto code = [&](const std::string& pem) {
    const auto verified = verifier->verify(pem);
    return verified ? Errc{} : verified.error().code;
  };
  EXPECT_EQ(Errc{}, code(chain.pem() + "\n"));
  // Strangers below known issuers, and strangers between a known device and the root.
  EXPECT_EQ(errc::chain_signature, code(other.pem(0, 2) + chain.pem(2, 5)));
  EXPECT_EQ(errc::chain_signature, code(other.pem(0, 1) + chain.pem(1, 5)));
  EXPECT_EQ(errc::chain_root, code(chain.pem(0, 4) + other.root()));
  EXPECT_EQ(errc::chain_signature, code(chain.pem(0, 2) + other.pem(2, 4) + chain.root()));
  // What was refused is not remembered.
  EXPECT_EQ(errc::chain_signature, code(chain.pem(0, 2) + other.pem(2, 4) + chain.root() + "\n"));
  EXPECT_EQ(errc::chain_signature, code(other.pem(0, 4) + chain.root()));
}

TEST(Chain, OtherIssuerNamesAreRefused) {
  for (std::size_t i = 0; i + 1 < chain_certificates; ++i) {
    const Error error = error_of(i, [](CertificatePlan& plan) { plan.issuer_name = "Somebody"; });
    EXPECT_EQ(error.code, errc::chain_link) << i;
  }
}

TEST(Chain, IssuersMustBeAllowedToIssue) {
  for (std::size_t i = 1; i < chain_certificates; ++i) {
    const auto code = [&](const auto& bend) { return error_of(i, bend).code; };
    EXPECT_EQ(code([](CertificatePlan& plan) { plan.constraints.clear(); }), errc::chain_authority);
    EXPECT_EQ(code([](CertificatePlan& plan) { plan.constraints = "critical,CA:FALSE"; }),
              errc::chain_authority);
    EXPECT_EQ(code([](CertificatePlan& plan) { plan.usage = "critical,cRLSign"; }),
              errc::chain_authority);
    EXPECT_EQ(code([](CertificatePlan& plan) { plan.usage.clear(); }), errc::chain_authority);
  }
}

TEST(Chain, PathLengthIsHeeded) {
  const auto with = [](std::size_t number, const std::string& words) {
    return error_of(number, [&](CertificatePlan& plan) { plan.constraints = words; }).code;
  };
  EXPECT_EQ(with(1, "critical,CA:TRUE,pathlen:0"), Errc{});
  EXPECT_EQ(with(2, "critical,CA:TRUE,pathlen:0"), errc::chain_authority);
  EXPECT_EQ(with(4, "critical,CA:TRUE,pathlen:2"), errc::chain_authority);
  EXPECT_EQ(with(4, "critical,CA:TRUE,pathlen:3"), Errc{});
}

TEST(Chain, LeafMustSignAndNothingElse) {
  const auto code = [](const auto& bend) { return error_of(0, bend).code; };
  EXPECT_EQ(code([](CertificatePlan& plan) { plan.usage = "critical,keyAgreement"; }),
            errc::chain_leaf);
  EXPECT_EQ(code([](CertificatePlan& plan) { plan.usage.clear(); }), errc::chain_leaf);
  EXPECT_EQ(code([](CertificatePlan& plan) { plan.constraints = "critical,CA:TRUE"; }),
            errc::chain_leaf);
}

TEST(Chain, OnlyP384WithSha384) {
  for (std::size_t i = 0; i < chain_certificates; ++i) {
    const auto code = [&](const auto& bend) { return error_of(i, bend).code; };
    EXPECT_EQ(code([](CertificatePlan& plan) { plan.curve = "P-256"; }), errc::chain_algorithm);
    EXPECT_EQ(code([](CertificatePlan& plan) { plan.digest = "SHA256"; }), errc::chain_algorithm);
  }
}

TEST(Chain, UnknownCriticalExtensionIsRefused) {
  const Error error = error_of(
      2, [](CertificatePlan& plan) { plan.extensions.push_back({"1.2.3.4", true, {0x05, 0x00}}); });
  EXPECT_EQ(error.code, errc::chain_critical);
  EXPECT_EQ(error.offset, 2U);
  const Error tolerated = error_of(2, [](CertificatePlan& plan) {
    plan.extensions.push_back({"1.2.3.4", false, {0x05, 0x00}});
  });
  EXPECT_EQ(tolerated.code, Errc{});
}

TEST(Chain, TimeIsJudgedForEachCertificate) {
  for (std::size_t i = 0; i < chain_certificates; ++i) {
    auto plan = good_plan();
    plan.at(i).not_before = 1'700'000'000;
    plan.at(i).not_after = 1'800'000'000;
    const TestChain chain(plan);
    const auto verifier = ChainVerifier::create(chain.root());
    const auto verified = verifier->verify(chain.pem());
    ASSERT_TRUE(verified);
    EXPECT_TRUE(verified->check_valid_at({1'700'000'000'000}));
    EXPECT_TRUE(verified->check_valid_at({1'800'000'000'999}));
    EXPECT_EQ(
        verified->check_valid_at({1'699'999'999'999}).error(),
        (Error{errc::chain_not_yet_valid, field::certificate, static_cast<std::uint32_t>(i)}));
    EXPECT_EQ(verified->check_valid_at({1'800'000'001'000}).error().code, errc::chain_expired);
  }
}

TEST(Chain, MemoryDoesNotForgetTime) {
  auto plan = good_plan();
  plan[0].not_after = 1'700'000'000;
  const TestChain chain(plan);
  const auto verifier = ChainVerifier::create(chain.root());
  EXPECT_TRUE(verifier->verify(chain.pem())->check_valid_at({1'650'000'000'000}));
  EXPECT_FALSE(verifier->verify(chain.pem())->check_valid_at(test_time));
}

TEST(Chain, MemoryHoldsNoRefusal) {
  const TestChain chain(good_plan());
  const auto verifier = ChainVerifier::create(chain.root());
  EXPECT_TRUE(verifier->verify(chain.pem()));
  EXPECT_FALSE(verifier->verify(chain.pem(0, 4)));
  EXPECT_FALSE(verifier->verify(chain.pem(0, 4)));
  EXPECT_TRUE(verifier->verify(chain.pem()));
}

TEST(Chain, SignatureIsVerifiedWithTheLeafKey) {
  const TestChain chain(good_plan());
  const auto verified = ChainVerifier::create(chain.root())->verify(chain.pem());
  const ByteView message = bytes_of("a message");
  std::vector<Byte> signature = chain.sign(message);
  EXPECT_TRUE(verified->verify_signature(message, signature));
  EXPECT_EQ(verified->verify_signature(bytes_of("a Message"), signature).error().code,
            errc::evidence_signature);
  EXPECT_FALSE(verified->verify_signature(message, ByteView(signature).first(95)));
  EXPECT_FALSE(verified->verify_signature(message, {}));
  signature[95] ^= 1;
  EXPECT_FALSE(verified->verify_signature(message, signature));
  EXPECT_FALSE(verified->verify_signature(message, std::vector<Byte>(96)));
  EXPECT_FALSE(verified->verify_signature(message, std::vector<Byte>(96, 0xFF)));
}

TEST(Chain, RefusalsLeaveNoErrorsBehind) {
  ERR_clear_error();
  const TestChain chain(good_plan());
  ERR_clear_error();
  const auto verifier = ChainVerifier::create(chain.root());
  const auto verified = verifier->verify(chain.pem());
  EXPECT_FALSE(verified->verify_signature(bytes_of("x"), std::vector<Byte>(96, 0xFF)));
  EXPECT_FALSE(verifier->verify("-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n"));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(Chain, RootMustBeOneCertificate) {
  const TestChain chain(good_plan());
  EXPECT_EQ(ChainVerifier::create(chain.pem()).error().code, errc::chain_pem);
  EXPECT_EQ(ChainVerifier::create("").error().code, errc::chain_pem);
}

TEST(Chain, BytesBehindACertificateAreRefused) {
  const TestChain chain(good_plan());
  auto ders = *parse_pem_certificates(chain.root());
  ders[0].push_back(0);
  EXPECT_EQ(Certificate::parse(ders[0]).error().code, errc::chain_certificate);
  EXPECT_EQ(Certificate::parse({}).error().code, errc::chain_certificate);
}

TEST(Chain, ServesSeveralThreads) {
  const TestChain chain(good_plan());
  const auto verifier = ChainVerifier::create(chain.root());
  const std::string pem = chain.pem();
  std::array<bool, 4> good{};
  std::vector<std::jthread> threads;
  for (bool& mine : good) {
    threads.emplace_back([&] {
      mine = true;
      for (int i = 0; i < 20; ++i)
        mine = mine && verifier->verify(pem).has_value();
    });
  }
  threads.clear();
  for (const bool mine : good)
    EXPECT_TRUE(mine);
}

Error with_fwid(const RawExtension& extension) {
  return error_of(0, [&](CertificatePlan& plan) { plan.extensions = {extension}; });
}

TEST(FirmwareIdentity, MayBeAbsent) {
  auto plan = good_plan();
  plan[0].extensions.clear();
  const TestChain chain(plan);
  const auto verified = ChainVerifier::create(chain.root())->verify(chain.pem());
  ASSERT_TRUE(verified);
  EXPECT_FALSE(verified->device().firmware);
}

TEST(FirmwareIdentity, IsParsedNotCutFromTheEnd) {
  RawExtension bent = composite_fwid();
  bent.content.push_back(0);
  EXPECT_EQ(with_fwid(bent).code, errc::fwid_malformed);
  for (std::size_t n = 0; n + 1 < bent.content.size(); n += 3) {
    RawExtension cut = composite_fwid();
    cut.content.resize(n);
    EXPECT_EQ(with_fwid(cut).code, errc::fwid_malformed) << n;
  }
  bent = composite_fwid();
  bent.content[13] ^= 1;  // another hash algorithm
  EXPECT_EQ(with_fwid(bent).code, errc::fwid_malformed);
}

TEST(FirmwareIdentity, InTcbInfoTheFirstCounts) {
  const std::string fwid = "303d06096086480165030402020430";
  const std::string second(96, '2');
  const std::string list = "a67e" + fwid + std::string(certified_fwid_hex) + fwid + second;
  auto plan = good_plan();
  plan[0].extensions = {{"2.23.133.5.4.1.1", false,
                         *from_hex("308183"
                                   "800141" +
                                   list)}};
  const TestChain chain(plan);
  const auto verified = ChainVerifier::create(chain.root())->verify(chain.pem());
  ASSERT_TRUE(verified);
  EXPECT_EQ(to_hex(*verified->device().firmware), certified_fwid_hex);
}

TEST(FirmwareIdentity, TwoSourcesAreRefused) {
  const Error error = error_of(0, [](CertificatePlan& plan) {
    plan.extensions.push_back({"2.23.133.5.4.1.1", false, *from_hex("3000")});
  });
  EXPECT_EQ(error.code, errc::fwid_malformed);
}

TEST(FirmwareIdentity, RepeatedExtensionIsRefused) {
  const Error error =
      error_of(0, [](CertificatePlan& plan) { plan.extensions.push_back(composite_fwid()); });
  EXPECT_NE(error.code, Errc{});
}

}  // namespace
}  // namespace daymark::evidence
