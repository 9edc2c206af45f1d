// Quotes of TPMs judged per second of one core, beside the bare ECDSA P-256 verification that they
// rest on: bench_tpm [SECONDS of processor time a figure].
#include <array>
#include <cstdlib>
#include <memory>

#include "figures.h"

#include "daymark/evidence/tpm/tpm_quote.h"
#include "daymark/evidence/tpm/tpm_testing.h"

namespace {

using namespace daymark;
using namespace daymark::evidence;
using bench::require;

/// Rounds that take turns, so that a slow minute of the machine slows all figures alike.
constexpr std::size_t rounds = 5;
/// What the goal of 5000 a second is of the 10,000 bare verifications a second of a middling core:
/// a share holds on any core.
constexpr double share = 0.5;

/// One P-256 signature over a digest, verified in a context that is kept.
class BareP256 {
 public:
  BareP256() : key_(EVP_EC_gen("P-256")), context_(EVP_PKEY_CTX_new(key_.get(), nullptr)) {
    require(context_ && EVP_PKEY_sign_init(context_.get()) == 1, "OpenSSL makes no P-256 key");
    size_ = signature_.size();
    require(EVP_PKEY_sign(context_.get(), signature_.data(), &size_, digest_.data(),
                          digest_.size()) == 1,
            "OpenSSL does not sign");
    require(EVP_PKEY_verify_init(context_.get()) == 1, "OpenSSL does not verify");
  }

  void verify() {
    require(EVP_PKEY_verify(context_.get(), signature_.data(), size_, digest_.data(),
                            digest_.size()) == 1,
            "a bare signature is refused");
  }

 private:
  KeyOwner key_;
  std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>> context_;
  Digest digest_{1, 2, 3};
  ByteArray<128> signature_{};
  std::size_t size_ = 0;
};

/// A quote over PCRs 0 to 7 with their values, as a host sends it.
struct Quote {
  TestTpm tpm{"P-256"};
  TpmQuoteEvidence evidence;
  TpmQuoteOptions options;

  Quote() {
    for (unsigned pcr = 0; pcr < 8; ++pcr)
      evidence.pcrs[tpm_alg::sha256][pcr] = TestBytes(32, static_cast<Byte>(pcr));
    const std::array<TestBank, 1> banks{{{tpm_alg::sha256, 0xFF}}};
    const TestBytes nonce(32, 7);
    evidence.attest = quote_over(banks, evidence.pcrs, tpm.hash(), nonce);
    evidence.signature = tpm.sign(evidence.attest);
    options.key = tpm.area();
    options.nonce = nonce;
  }
};

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 2.5;  // NOLINT(cert-err34-c)
  const Quote quote;
  const auto key = TpmKey::parse(quote.tpm.area());
  require(key.has_value(), "the key is not taken");
  BareP256 bare;
  std::vector<double> whole;
  std::vector<double> signatures;
  std::vector<double> plain;
  for (std::size_t i = 0; i < rounds; ++i) {
    whole.push_back(bench::rate_of(seconds / rounds, [&] {
      const EvidenceVerdict verdict = verify_tpm_quote(quote.evidence, quote.options);
      require(verdict.verdict == Verdict::genuine, "the quote is refused");
    }));
    signatures.push_back(bench::rate_of(seconds / rounds, [&] {
      require(key->verify(quote.evidence.attest, quote.evidence.signature).has_value(),
              "the signature is refused");
    }));
    plain.push_back(bench::rate_of(seconds / rounds, [&] { bare.verify(); }));
  }
  const std::string per_core = "1/s a core";
  bench::print_value({"tpm.quotes", "TPM quotes (P-256), key parsed each time", per_core, 5000},
                     bench::median(whole), rounds);
  bench::print_value({"tpm.signatures", "TPM signatures (P-256), key kept", per_core},
                     bench::median(signatures), rounds);
  bench::print_value({"tpm.bare", "bare ECDSA P-256 verification", per_core}, bench::median(plain),
                     rounds);
  bench::print_value({"tpm.quote_ratio", "a TPM quote ÷ a bare verification", "ratio", share},
                     bench::median(whole) / bench::median(plain), rounds);
}
