// Reference values of NVIDIA firmware: SWID tags (ISO/IEC 19770-2) with one XML signature, as
// NVIDIA's RIM service hands them out.
//
// One form of signature is accepted and no other: a Signature as the last child of the root, over
// the whole document without itself (URI "", enveloped-signature, Canonical XML 1.1, SHA-384), by
// ECDSA P-384 under four certificates of which the last is the pinned root. What is read is what
// that signature covers. So a second tag, a second signature or an object that is wrapped around or
// into the first changes nothing: it is refused.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"

namespace daymark::evidence {

/// Largest file of reference values that is looked at; real ones have 18 to 26 KB. The parser needs
/// at most 64 times the size of the file.
inline constexpr std::size_t rim_size_max = 256UL << 10;
/// Certificates in a file: signer, two authorities, root.
inline constexpr std::size_t rim_certificates = 4;
/// Most values that one index may have.
inline constexpr std::size_t rim_alternatives_max = 16;
/// Most indexes in a file: reference index i is report block i + 1, which is one byte.
inline constexpr std::size_t rim_measurements_max = 255;

/// "NVIDIA CoRIM signing Root CA", as PEM.
[[nodiscard]] std::string_view nvidia_rim_root();

/// One Resource element, as written.
struct RimMeasurement {
  std::uint32_t index = 0;
  std::string name;
  /// An inactive one says nothing about the device.
  bool active = false;
  /// Bytes of each value, as stated.
  std::uint32_t size = 0;
  /// Hexadecimal; any of them is right. At least one.
  std::vector<std::string> alternatives;
  std::uint32_t line = 0;
};

/// What a file says, before anybody knows who wrote it.
struct RimContent {
  std::string tag_id;
  /// "GH100", "GB100", "LS10".
  std::string product;
  /// "GPU" or "SWITCH".
  std::string edition;
  /// The version that the values are for, e.g. "550.90.07" or "96.00.9F.00.01".
  std::string version;
  std::string manufacturer;
  /// Each index once, at least one.
  std::vector<RimMeasurement> measurements;
  /// DER, signer first.
  std::vector<std::vector<Byte>> certificates;
};

/// Reads a whole file without judging its signature: for people who want to look at it.
/// Errors: errc::rim_too_large, errc::rim_doctype, errc::rim_xml, errc::rim_form,
/// errc::rim_wrapped, errc::rim_profile, errc::rim_measurement, errc::rim_index_duplicate,
/// errc::rim_empty; the offset is the line, in errc::rim_doctype the byte.
[[nodiscard]] Result<RimContent> read_rim(ByteView text);

/// Reads only the measurements of a tag, which may lack everything else. Errors: as read_rim.
[[nodiscard]] Result<std::vector<RimMeasurement>> read_rim_measurements(ByteView text);

/// Which part of a device the values are for.
enum class RimKind : std::uint8_t { driver, vbios, switch_bios };

/// "driver", "vbios" or "switch".
[[nodiscard]] std::string_view name_of(RimKind kind);

using ReferenceDigest = ByteArray<48>;

/// An active reference value: report block `index` + 1 must hold one of the alternatives.
struct GoldenValue {
  std::uint32_t index = 0;
  std::string name;
  std::vector<ReferenceDigest> alternatives;

  friend bool operator==(const GoldenValue&, const GoldenValue&) = default;
};

struct RevocationSubject;

/// A file whose signature and certificates hold up to the pinned root. Only RimVerifier makes one;
/// copies share it. Safe from several threads.
class VerifiedRim {
 public:
  [[nodiscard]] RimKind kind() const;
  [[nodiscard]] const RimContent& content() const;
  /// By ascending index.
  [[nodiscard]] std::span<const GoldenValue> golden() const;

  /// That every certificate was valid at `time`. NVIDIA's signers live for one to three years, and
  /// NVIDIA signs the same values again. Errors: errc::rim_not_yet_valid, errc::rim_expired.
  [[nodiscard]] Result<void> check_valid_at(UnixMillis time) const;

  /// The last moment at which all certificates are valid.
  [[nodiscard]] UnixMillis valid_until() const;

  /// The certificates for which NVIDIA's responders answer: all but the root. The subjects live as
  /// long as any copy of this.
  [[nodiscard]] std::vector<RevocationSubject> revocable() const;

 private:
  friend class RimVerifier;
  struct Parts;

  explicit VerifiedRim(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  std::shared_ptr<const Parts> parts_;
};

/// Verifies files up to one root. Safe from several threads.
class RimVerifier {
 public:
  /// `root_pem` holds one certificate. Errors: errc::chain_pem, errc::chain_certificate.
  [[nodiscard]] static Result<RimVerifier> create(std::string_view root_pem = nvidia_rim_root());

  /// Says nothing about time: ask check_valid_at. Errors: those of read_rim, errc::rim_root,
  /// errc::rim_chain (offset: the certificate), errc::rim_signature, errc::rim_digest,
  /// errc::rim_value.
  [[nodiscard]] Result<VerifiedRim> verify(ByteView text) const;

 private:
  struct Root;

  explicit RimVerifier(std::shared_ptr<const Root> root) : root_(std::move(root)) {}

  std::shared_ptr<const Root> root_;
};

}  // namespace daymark::evidence
