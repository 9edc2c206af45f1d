// CoRIM and CoMID (draft-ietf-rats-corim): the subset that carries reference values, endorsed
// values and keys. What is not understood is kept and listed, never refused for being unknown.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/units.h"
#include "daymark/evidence/tokens/cbor_tree.h"
#include "daymark/evidence/tokens/cose_message.h"

namespace daymark::evidence {

/// Most CoMIDs of a CoRIM, and triples or measurements of a CoMID.
inline constexpr std::size_t corim_parts_max = 4096;

struct CorimDigest {
  /// 1 SHA-256, 7 SHA-384, 8 SHA-512 (IANA "Named Information"); 0 where it is named by a text.
  std::int64_t algorithm = 0;
  ByteView value;
};

struct CorimMeasurement {
  /// The key in diagnostic notation; empty where there is none.
  std::string key;
  // Where the key is a PSA software component's (tag 601).
  std::optional<std::string_view> component;
  std::optional<std::string_view> version;
  std::optional<ByteView> signer;
  std::vector<CorimDigest> digests;
  /// The whole value in diagnostic notation.
  std::string words;
  std::uint32_t offset = 0;
};

/// What something is said about: a class, an instance, a group.
struct CorimEnvironment {
  /// UUID, OID, PSA implementation id or other bytes; empty where absent.
  ByteView class_id;
  std::string_view vendor;
  std::string_view model;
  /// The whole in diagnostic notation.
  std::string words;
};

struct CorimTriple {
  /// "reference values" or "endorsed values".
  std::string_view kind;
  CorimEnvironment environment;
  std::vector<CorimMeasurement> measurements;
};

struct CorimKeys {
  /// "identity keys" or "attestation keys".
  std::string_view kind;
  CorimEnvironment environment;
  /// Each in diagnostic notation.
  std::vector<std::string> keys;
};

struct CorimUnknown {
  std::string name;
  std::string words;
  std::uint32_t offset = 0;
};

struct Comid {
  std::string id;
  std::vector<CorimTriple> triples;
  std::vector<CorimKeys> keys;
  std::vector<CorimUnknown> unknown;
};

/// Views point into the bytes that it was read from.
struct Corim {
  std::string id;
  std::string profile;
  std::optional<UnixMillis> not_before;
  std::optional<UnixMillis> not_after;
  std::vector<Comid> comids;
  std::vector<CorimUnknown> unknown;
};

/// Whether a CoRIM may come without tag 501, as older tools write it.
enum class CorimForm : std::uint8_t { tagged, legacy };

/// An unsigned CoRIM, or the content of a signed one. Errors: any errc::cbor_*, errc::corim_form
/// with the offset, errc::corim_untagged.
[[nodiscard]] Result<Corim> read_corim(ByteView content, CorimForm form = CorimForm::tagged);

/// One CoMID by itself, with tag 506 or bare. Errors: any errc::cbor_*, errc::corim_form.
[[nodiscard]] Result<Comid> read_comid(ByteView content);

/// Whether the content begins as a CoRIM does: tag 501.
[[nodiscard]] bool is_corim(ByteView content);

/// A CoRIM whose signature held. Only verify_corim makes one; copies share it.
class VerifiedCorim {
 public:
  [[nodiscard]] const Corim& corim() const { return parts_->corim; }

  /// Its own validity and that of its signer's statement. Errors: errc::corim_time.
  [[nodiscard]] Result<void> check_valid_at(UnixMillis time) const;

 private:
  friend Result<VerifiedCorim> verify_corim(ByteView file, const VerifyingKey& key);

  struct Parts {
    std::vector<Byte> file;
    Corim corim;
    /// Of the signer's statement (header 8, corim-meta).
    std::optional<UnixMillis> not_before;
    std::optional<UnixMillis> not_after;
  };

  explicit VerifiedCorim(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  std::shared_ptr<const Parts> parts_;
};

/// A signed CoRIM: COSE_Sign1 by `key` whose protected content type is "application/rim+cbor".
/// Errors: errc::corim_unsigned for an unsigned one; those of parse_cose, verify_cose, read_corim;
/// errc::corim_form for another content type.
[[nodiscard]] Result<VerifiedCorim> verify_corim(ByteView file, const VerifyingKey& key);

}  // namespace daymark::evidence
