#include "daymark/evidence/nvidia/chain.h"

#include <algorithm>
#include <span>
#include <vector>

#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/certificate_internal.h"
#include "daymark/evidence/pki/ecdsa_internal.h"
#include "daymark/evidence/pki/pem.h"
#include "daymark/evidence/pki/revocation_internal.h"

namespace daymark::evidence {

namespace {

using Certificates = std::vector<Certificate>;

Error in_certificate(Error error, std::size_t number) {
  return {error.code, error.field, static_cast<std::uint32_t>(number)};
}

/// Parses `ders`, of which the first is number `first` of its chain.
Result<Certificates> parse_all(std::span<std::vector<Byte>> ders, std::size_t first) {
  Certificates out;
  out.reserve(ders.size());
  for (std::size_t i = 0; i < ders.size(); ++i) {
    auto certificate = Certificate::parse(std::move(ders[i]));
    if (!certificate) return fail(in_certificate(certificate.error(), first + i));
    out.push_back(*std::move(certificate));
  }
  return out;
}

/// That `issuer` issued `issued`, which is number `number` of its chain.
Result<void> check_link(const Certificate& issued, const Certificate& issuer, std::size_t number) {
  const auto link = issued.check_issued_by(issuer, number);
  return link ? ok() : fail(in_certificate(link.error(), number));
}

Result<CertifiedDevice> device_of(const Certificates& chain) {
  const Certificate& leaf = chain[0];
  const Certificate& boot_rom = chain[1];
  CertifiedDevice out;
  out.model = boot_rom.common_name();
  out.ueid = leaf.serial();
  DAYMARK_TRY(out.device_info, certified_device_info(leaf));
  DAYMARK_TRY(out.firmware, certified_firmware(leaf));
  const std::vector<Byte> key = boot_rom.public_key();
  const std::array<ByteView, 2> parts{key, bytes_of(out.device_info)};
  out.device = crypto::tagged_hash("daymark device v1", parts);
  return out;
}

}  // namespace

/// Provisioner and architecture: the certificates between a device's own and the root. Few exist,
/// and every device of a kind brings the same.
using Issuers = std::shared_ptr<const Certificates>;

struct VerifiedChain::Parts {
  CertifiedDevice device;
  std::vector<Validity> validity;
  KeyOwner key;
  std::shared_ptr<EVP_MD> digest;
  RevocationSubject boot_rom;
  Issuers issuers;
  std::shared_ptr<const Certificate> root;
};

const CertifiedDevice& VerifiedChain::device() const {
  return parts_->device;
}

Result<void> VerifiedChain::check_valid_at(UnixMillis time) const {
  for (std::size_t i = 0; i < parts_->validity.size(); ++i) {
    const Validity& span = parts_->validity[i];
    const auto number = static_cast<std::uint32_t>(i);
    if (time < span.not_before) {
      return fail(errc::chain_not_yet_valid, field::certificate, number);
    }
    if (time > span.not_after) return fail(errc::chain_expired, field::certificate, number);
  }
  return ok();
}

Result<void> VerifiedChain::verify_signature(ByteView message, ByteView signature) const {
  const ErrorQueueGuard queue;
  const std::vector<Byte> der = der_signature(signature);
  const DigestContextOwner context(EVP_MD_CTX_new());
  const bool good =
      !der.empty() && context &&
      EVP_DigestVerifyInit(context.get(), nullptr, parts_->digest.get(), nullptr,
                           parts_->key.get()) == 1 &&
      EVP_DigestVerify(context.get(), der.data(), der.size(), message.data(), message.size()) == 1;
  return good ? ok() : fail(errc::evidence_signature, field::report);
}

std::vector<RevocationSubject> VerifiedChain::revocable() const {
  const Certificates& issuers = *parts_->issuers;
  std::vector<RevocationSubject> out{parts_->boot_rom, subject_of(issuers[0], issuers[1]),
                                     subject_of(issuers[1], *parts_->root)};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].chain = "device";
    out[i].number = i + 1;
  }
  return out;
}

struct ChainVerifier::State {
  std::shared_ptr<const Certificate> root;
  std::shared_ptr<EVP_MD> digest;
  std::mutex guard;
  std::map<Digest, VerifiedChain> remembered;
  std::map<Digest, Issuers> issuers;  ///< by the hash of both; verified up to the root

  std::optional<VerifiedChain> find(const Digest& name) {
    const std::lock_guard lock(guard);
    const auto found = remembered.find(name);
    if (found == remembered.end()) return std::nullopt;
    return found->second;
  }

  void remember(const Digest& name, const VerifiedChain& chain) {
    const std::lock_guard lock(guard);
    if (remembered.size() >= remembered_max) remembered.clear();
    remembered.insert_or_assign(name, chain);
  }

  /// Verified up to the root, now or before.
  Result<Issuers> issuers_of(std::span<std::vector<Byte>, 2> ders) {
    const std::array<ByteView, 2> both{ders[0], ders[1]};
    const Digest name = crypto::tagged_hash("daymark issuers v1", both);
    if (Issuers known = find_issuers(name)) return known;
    DAYMARK_TRY(Certificates parsed, parse_all(ders, 2));
    DAYMARK_CHECK(check_link(parsed[0], parsed[1], 2));
    DAYMARK_CHECK(check_link(parsed[1], *root, 3));
    auto verified = std::make_shared<const Certificates>(std::move(parsed));
    const std::lock_guard lock(guard);
    if (issuers.size() >= remembered_issuers_max) issuers.clear();
    issuers.insert_or_assign(name, verified);
    return verified;
  }

  Issuers find_issuers(const Digest& name) {
    const std::lock_guard lock(guard);
    const auto found = issuers.find(name);
    return found == issuers.end() ? nullptr : found->second;
  }
};

ChainVerifier::ChainVerifier(std::unique_ptr<State> state) : state_(std::move(state)) {}

ChainVerifier::~ChainVerifier() = default;
ChainVerifier::ChainVerifier(ChainVerifier&&) noexcept = default;
ChainVerifier& ChainVerifier::operator=(ChainVerifier&&) noexcept = default;

Result<ChainVerifier> ChainVerifier::create(std::string_view root_pem) {
  const ErrorQueueGuard queue;
  DAYMARK_TRY(auto ders, parse_pem_certificates(root_pem));
  DAYMARK_TRY(Certificates roots, parse_all(ders, 0));
  if (roots.size() != 1) return fail(errc::chain_pem, field::certificate);
  auto state = std::make_unique<State>();
  state->root = std::make_shared<const Certificate>(std::move(roots.front()));
  state->digest.reset(EVP_MD_fetch(nullptr, "SHA2-384", nullptr), Freed<EVP_MD_free>{});
  if (!state->digest) return fail(errc::chain_algorithm);
  return ChainVerifier(std::move(state));
}

Result<VerifiedChain> ChainVerifier::verify(std::string_view pem) const {
  if (pem.size() > chain_text_max) return fail(errc::chain_too_large, field::certificate);
  const Digest name = crypto::sha256(bytes_of(pem));
  if (auto known = state_->find(name)) return *std::move(known);
  const ErrorQueueGuard queue;
  DAYMARK_TRY(auto ders, parse_pem_certificates(pem));
  if (ders.size() != chain_certificates) return fail(errc::chain_length, field::certificate);
  if (!equal(ders.back(), state_->root->der())) {
    return fail(errc::chain_root, field::certificate, chain_certificates - 1);
  }
  DAYMARK_TRY(const Certificates own, parse_all(std::span(ders).first(2), 0));
  DAYMARK_TRY(const Issuers issuers, state_->issuers_of(std::span(ders).subspan<2, 2>()));
  DAYMARK_CHECK(check_link(own[0], own[1], 0));
  DAYMARK_CHECK(check_link(own[1], issuers->front(), 1));
  DAYMARK_CHECK(own[0].check_signs_reports());
  auto parts = std::make_shared<VerifiedChain::Parts>();
  DAYMARK_TRY(parts->device, device_of(own));
  parts->validity = {own[0].validity(), own[1].validity(), issuers->front().validity(),
                     issuers->back().validity(), state_->root->validity()};
  EVP_PKEY_up_ref(own[0].key());
  parts->key.reset(own[0].key());
  parts->digest = state_->digest;
  parts->boot_rom = subject_of(own[1], issuers->front());
  parts->issuers = issuers;
  parts->root = state_->root;
  VerifiedChain verified(std::move(parts));
  state_->remember(name, verified);
  return verified;
}

}  // namespace daymark::evidence
