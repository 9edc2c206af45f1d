#include "daymark/tpm/port.h"

#include <filesystem>
#include <system_error>

#include "daymark/base/file.h"
#include "daymark/governor/errors.h"
#include "daymark/tpm/errors.h"

namespace daymark::tpm {

namespace {

std::string sealed_path(const PortOptions& options) {
  return options.folder + "/chip.tpm";
}

Outcome<SealedSecrets> unseal_file(Tpm& tpm, const SealedFile& file, const std::string& path) {
  DAYMARK_TRY(std::vector<Byte> bytes, tpm.unseal(file.key));
  auto secrets = about(split_secrets(bytes), path);
  crypto::erase(bytes);
  return secrets;
}

/// Defines the counter, then seals where it stands together with the key. What fails on the way
/// leaves no counter behind that nobody could advance.
Outcome<SealedSecrets> seal_new(Tpm& tpm, const PortOptions& options, Random& random) {
  SealedSecrets secrets{{random.draw<32>()}, 0};
  const CounterKey counter = counter_key(options.index, secrets.chip);
  DAYMARK_CHECK(tpm.define_counter(counter));
  const auto kept = [&]() -> Outcome<void> {
    DAYMARK_TRY(secrets.base, tpm.read_counter(counter));
    ByteArray<40> joined = join_secrets(secrets);
    const Outcome<Sealed> sealed = tpm.seal(joined, sealed_pcrs);
    crypto::erase(joined);
    if (!sealed) return std::unexpected(sealed.error());
    return write_new_file(sealed_path(options), print_sealed_file({*sealed, options.index}),
                          FileMode::secret);
  }();
  if (kept) return secrets;
  [[maybe_unused]] const Outcome<void> removed = tpm.remove_counter(counter);
  crypto::erase(secrets.chip.seed);
  return std::unexpected(kept.error());
}

}  // namespace

Port::Port(Tpm tpm, const SealedSecrets& secrets, std::uint32_t index)
    : tpm_(std::move(tpm)), secrets_(secrets), counter_(counter_key(index, secrets.chip)) {}

Port::~Port() {
  crypto::erase(secrets_.chip.seed);
  crypto::erase(counter_.secret);
}

Outcome<Port> Port::open(const PortOptions& options, Random& random) {
  DAYMARK_TRY(Tpm tpm, Tpm::open(options.tcti));
  const std::string path = sealed_path(options);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    DAYMARK_TRY(SealedSecrets made, seal_new(tpm, options, random));
    Port out(std::move(tpm), made, options.index);
    crypto::erase(made.chip.seed);
    return out;
  }
  DAYMARK_TRY(const std::vector<Byte> bytes, read_secret(path, sealed_file_max));
  DAYMARK_TRY(const SealedFile file, about(parse_sealed_file(bytes), path));
  DAYMARK_TRY(SealedSecrets secrets, unseal_file(tpm, file, path));
  Port out(std::move(tpm), secrets, file.index);
  crypto::erase(secrets.chip.seed);
  return out;
}

Outcome<evidence::TpmIdentity> Port::identity() {
  evidence::TpmIdentity out;
  out.chip = crypto::ed25519_public(secrets_.chip);
  DAYMARK_TRY(out.certificate, tpm_.endorsement_certificate());
  DAYMARK_TRY(out.endorsement, tpm_.endorsement_public());
  DAYMARK_TRY(out.attestation, tpm_.attestation_public());
  out.index = counter_.index;
  out.base = secrets_.base;
  return out;
}

Outcome<std::uint64_t> Port::counter() {
  DAYMARK_TRY(const std::uint64_t value, tpm_.read_counter(counter_));
  if (value < secrets_.base) return refuse(errc::tpm_counter_missing, "NV index");
  return value - secrets_.base;
}

Outcome<void> Port::advance_counter() {
  return tpm_.advance_counter(counter_);
}

Outcome<evidence::TpmAttested> Port::bind(std::vector<Byte> attestation) {
  const Digest nonce = evidence::binding_nonce(attestation);
  evidence::TpmAttested out;
  out.attestation = std::move(attestation);
  DAYMARK_TRY(out.quote, tpm_.quote(quoted_pcrs, nonce));
  DAYMARK_TRY(out.pcrs, tpm_.read_pcrs(quoted_pcrs));
  DAYMARK_TRY(out.counter, tpm_.certify_counter(counter_, nonce));
  return out;
}

Outcome<Digest> Port::activate(const evidence::TpmCredential& credential) {
  DAYMARK_TRY(const std::vector<Byte> secret, tpm_.activate(credential));
  if (secret.size() != sizeof(Digest)) return refuse(errc::tpm_credential_refused, "secret");
  return array_of<sizeof(Digest)>(secret);
}

Result<std::uint64_t> CountedStorage::counter() {
  const Outcome<std::uint64_t> value = port_.counter();
  return value ? Result<std::uint64_t>(*value) : fail(errc::gov_storage, field::counter);
}

Result<void> CountedStorage::advance_counter() {
  const Outcome<void> done = port_.advance_counter();
  return done ? ok() : fail(errc::gov_storage, field::counter);
}

}  // namespace daymark::tpm
