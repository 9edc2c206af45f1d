// A software TPM (swtpm) of the tests' own, in a temporary folder with its own sockets.
#pragma once

#include <filesystem>
#include <string>

#include <sys/types.h>

namespace daymark::tpm::testing {

class SoftTpm {
 public:
  /// Two TPMs with endorsement certificates of one authority, made once per process; `plain` has
  /// none.
  enum class Make { first, second, plain };

  /// Where swtpm and swtpm_setup are missing: why a test can't run; else empty.
  [[nodiscard]] static std::string missing();

  /// The authority's certificates, PEM, that issued those of `first` and `second`.
  [[nodiscard]] static std::string authorities();

  /// Starts one; throws std::runtime_error where that fails.
  explicit SoftTpm(Make make = Make::first);
  ~SoftTpm();
  SoftTpm(const SoftTpm&) = delete;
  SoftTpm& operator=(const SoftTpm&) = delete;
  SoftTpm(SoftTpm&&) = delete;
  SoftTpm& operator=(SoftTpm&&) = delete;

  [[nodiscard]] std::string tcti() const { return "swtpm:path=" + socket(); }

  /// Power off and on: what is in NV stays, PCRs and sessions don't.
  void restart();

  /// Measures something into a PCR, as other software would have booted; nobody else may have the
  /// TPM open.
  void extend(unsigned pcr);

 private:
  [[nodiscard]] std::string socket() const { return (folder_ / "tpm.sock").string(); }

  void start();
  [[nodiscard]] bool answers() const;
  void stop();

  std::filesystem::path folder_;
  pid_t process_ = -1;
};

}  // namespace daymark::tpm::testing
