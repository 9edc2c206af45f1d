// Size of a bundle and time to verify it: bench_bundle ID FILE FINGERPRINT [VERIFICATIONS].
#include <cstdlib>

#include "figures.h"

#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/bundle/verify.h"

using namespace daymark;
using bench::require;

int main(int argc, char** argv) {
  require(argc >= 4, "usage: bench_bundle ID FILE FINGERPRINT [VERIFICATIONS]");
  const std::string id = argv[1];
  const auto bytes = read_file(argv[2], bundle::bundle_size_max);
  const auto trust = from_hex_fixed<32>(argv[3]);
  require(bytes && trust, "the bundle or the fingerprint can't be read");
  const int count = argc > 4 ? std::atoi(argv[4]) : 100;  // NOLINT(cert-err34-c)
  std::vector<double> samples;
  for (int i = 0; i <= count; ++i) {
    const double used = bench::processor_microseconds_of([&] {
      const bundle::BundleVerdict verdict = bundle::verify_bundle(*bytes, *trust);
      require(verdict.result == bundle::BundleResult::verified, "the bundle is not verified");
    });
    if (i > 0) samples.push_back(used / 1000);
  }
  bench::print_value({"bundle." + id + ".size", "bundle, " + id + ": size", "KiB", 32},
                     static_cast<double>(bytes->size()) / 1024, 1);
  bench::print_spread({"bundle." + id + ".verify", "bundle, " + id + ": verification", "ms", 10},
                      std::move(samples));
}
