// Verifications of a real H100 report per second of one core, beside the bare ECDSA verifications
// that they rest on: bench_evidence [SECONDS of processor time a figure].
#include <array>
#include <cstdlib>

#include "figures.h"
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "daymark/base/file.h"
#include "daymark/evidence/evidence_file.h"

namespace {

using namespace daymark;
using namespace daymark::evidence;
using bench::require;

/// Within the validity of the signers of both files of reference values: 2025-08-21.
constexpr UnixMillis as_of{1'755'777'600'000};
/// Rounds that take turns, so that a slow minute of the machine slows all figures alike.
constexpr std::size_t rounds = 5;
/// Four links of the chain and the report.
constexpr double cold_signatures = 5;
/// What the goals of 220 and 1500 a second are of the 1850 bare verifications a second of the core
/// that they were set on: shares hold on any core.
constexpr double cold_share = 0.59;
constexpr double cached_share = 0.81;
/// Two links and the report.
constexpr double new_device_signatures = 3;

bool genuine(const NvidiaVerifier& verifier, const EvidenceFile& file,
             std::span<const ReferenceFile> references = {}) {
  VerifyOptions options{std::nullopt, as_of};
  options.references = references;
  const auto verdicts = verify_file(verifier, file, options);
  const bool known = references.empty() || verdicts.front().known.finding == Finding::held;
  return verdicts.size() == 1 && verdicts.front().verdict == Verdict::genuine && known;
}

/// One P-384 signature over a digest, verified in a context that is kept: what OpenSSL does at
/// most, with neither parsing nor hashing.
class BareEcdsa {
 public:
  BareEcdsa() : key_(EVP_EC_gen("P-384"), EVP_PKEY_free), context_(nullptr, EVP_PKEY_CTX_free) {
    context_.reset(EVP_PKEY_CTX_new(key_.get(), nullptr));
    require(context_ && EVP_PKEY_sign_init(context_.get()) == 1, "OpenSSL makes no P-384 key");
    std::size_t size = signature_.size();
    require(EVP_PKEY_sign(context_.get(), signature_.data(), &size, digest_.data(),
                          digest_.size()) == 1,
            "OpenSSL does not sign");
    size_ = size;
    require(EVP_PKEY_verify_init(context_.get()) == 1, "OpenSSL does not verify");
  }

  void verify() {
    require(EVP_PKEY_verify(context_.get(), signature_.data(), size_, digest_.data(),
                            digest_.size()) == 1,
            "a bare signature is refused");
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context_;
  ByteArray<48> digest_{1, 2, 3};
  ByteArray<128> signature_{};
  std::size_t size_ = 0;
};

struct Rates {
  std::vector<double> cold;
  std::vector<double> new_device;
  std::vector<double> cached;
  std::vector<double> known;
  std::vector<double> references;
  std::vector<double> bare;
};

/// Reference values as they were received, to be verified.
struct ReferenceTexts {
  std::vector<Byte> driver;
  std::vector<Byte> vbios;

  explicit ReferenceTexts(const std::string& folder) {
    const auto first = read_file(folder + "rim-driver.xml");
    const auto second = read_file(folder + "rim-vbios.xml");
    require(first && second, "the reference values are missing");
    driver = *first;
    vbios = *second;
  }
};

Rates measure(double seconds) {
  const std::string folder =
      std::string(DAYMARK_SOURCE_DIR) + "/data/evidence/nvidia/h100-550.90.07/";
  const auto report = read_file(folder + "report.hex");
  const auto chain = read_text(folder + "chain.pem");
  require(report && chain, "the recorded report is missing");
  const auto verifier = NvidiaVerifier::create();
  require(verifier.has_value(), "no verifier");
  EvidenceFile file{"h100", *report, *chain};
  const ReferenceTexts texts_of_values(folder);
  const auto rims = RimVerifier::create();
  require(rims.has_value(), "no verifier of reference values");
  const std::vector<ReferenceFile> references{{"driver", rims->verify(texts_of_values.driver)},
                                              {"vbios", rims->verify(texts_of_values.vbios)}};
  BareEcdsa bare;
  Rates out;
  std::size_t texts = 0;
  const double span = seconds / rounds;
  for (std::size_t i = 0; i < rounds; ++i) {
    // A verifier of its own for each report: nothing is remembered of any chain.
    std::optional<NvidiaVerifier> fresh;
    out.cold.push_back(bench::rate_of(
        span, [&] { require(genuine(*fresh, file), "the recorded report is not genuine"); },
        [&] { fresh.emplace(*NvidiaVerifier::create()); }));
    // Another text of the same chain: not found whole, but its issuers are known.
    EvidenceFile other = file;
    out.new_device.push_back(bench::rate_of(
        span, [&] { require(genuine(*verifier, other), "the recorded report is not genuine"); },
        [&] { other.chain = file.chain + std::string(1 + texts++ % 4096, '\n'); }));
    out.cached.push_back(bench::rate_of(
        span, [&] { require(genuine(*verifier, file), "the recorded report is not genuine"); }));
    out.known.push_back(bench::rate_of(span, [&] {
      require(genuine(*verifier, file, references), "the recorded report is not known");
    }));
    out.references.push_back(bench::rate_of(span, [&] {
      require(rims->verify(texts_of_values.driver).has_value(), "reference values are refused");
    }));
    out.bare.push_back(bench::rate_of(span, [&] { bare.verify(); }));
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 2.5;  // NOLINT(cert-err34-c)
  const Rates rates = measure(seconds);
  const double cold = bench::median(rates.cold);
  const double cached = bench::median(rates.cached);
  const double bare = bench::median(rates.bare);
  const std::string per_core = "1/s a core";
  bench::print_value({"evidence.cold", "evidence, cold", per_core, 220}, cold, rounds);
  const double new_device = bench::median(rates.new_device);
  bench::print_value({"evidence.new_device", "evidence, new device, issuers known", per_core},
                     new_device, rounds);
  bench::print_value({"evidence.cached", "evidence, chain cached", per_core, 1500}, cached, rounds);
  bench::print_value(
      {"evidence.known", "evidence with 33 reference values, chain cached", per_core, 1500},
      bench::median(rates.known), rounds);
  bench::print_value({"evidence.references", "files of reference values verified", per_core, 25},
                     bench::median(rates.references), rounds);
  bench::print_value({"evidence.bare", "bare ECDSA P-384 verification", per_core}, bare, rounds);
  bench::print_value({"evidence.cold_ratio", "cold ÷ limit of 5 bare ones", "ratio", cold_share},
                     cold / (bare / cold_signatures), rounds);
  bench::print_value({"evidence.new_device_ratio", "new device ÷ limit of 3 bare ones", "ratio"},
                     new_device / (bare / new_device_signatures), rounds);
  bench::print_value(
      {"evidence.cached_ratio", "cached ÷ limit of 1 bare one", "ratio", cached_share},
      cached / bare, rounds);
}
