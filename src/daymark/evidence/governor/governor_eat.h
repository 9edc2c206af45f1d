// A governor's EAT with the evidence that it names, as a detached EAT bundle (RFC 9711 §5).
// docs/formats/governor.md shows the grammar.
//
//   bundle     = 602([ attestation, {name => bstr .cbor claims-set} ])
//   claims-set = {-70021: [kind, evidence]}
//
// The attestation's claim 266 names each member by the SHA-256 of its encoded claims set
// (§4.2.18.2). Parsing only: nothing here is verified (governor_verdict.h). All own encodings are
// deterministic.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/governor/documents.h"

namespace daymark::evidence {

/// Most bytes of one member's evidence, and of a whole bundle.
inline constexpr std::size_t submodule_evidence_max = 256UL << 10;
inline constexpr std::size_t governor_eat_max =
    governor::submodules_max * (submodule_evidence_max + 64) + 2 * governor::document_size_max;

/// What evidence of a submodule is, and so by whom it is judged.
enum class SubmoduleKind : std::uint8_t {
  nvidia,        ///< "nvidia": any form of parse_evidence_file
  tpm_quote,     ///< "tpm-quote": any form of parse_tpm_file
  tpm_attested,  ///< "tpm-attested": a TpmAttested (tpm_binding.h)
  token,         ///< "token": what is_token_file takes
};

[[nodiscard]] std::string_view name_of(SubmoduleKind kind);

/// A member of a bundle; views into it.
struct DetachedSubmodule {
  std::string_view name;
  ByteView claims_set;  ///< whose digest the attestation states
  SubmoduleKind kind{};
  ByteView evidence;
};

struct GovernorEat {
  ByteView attestation;                    ///< COSE_Sign1 by the chip
  bool bundled = false;                    ///< false: the attestation came alone
  std::vector<DetachedSubmodule> members;  ///< in the order of their names
};

/// Whether a file is a bundle, or a COSE_Sign1 whose claims have a governor's profile.
[[nodiscard]] bool is_governor_eat(ByteView content);

/// Either of the two. That the members are those that the attestation names is the verifier's
/// question. Errors: errc::governor_eat, errc::submodule_name, errc::submodule_kind,
/// errc::submodule_nested, errc::cbor_*, errc::cose_*.
[[nodiscard]] Result<GovernorEat> parse_governor_eat(ByteView content);

/// 1 to 23 characters of a-z, 0-9 and '-'.
[[nodiscard]] bool is_submodule_name(std::string_view name);

/// What a file of evidence is, told by its content. Errors: errc::submodule_kind,
/// errc::submodule_nested, errc::cbor_length where it is too long.
[[nodiscard]] Result<SubmoduleKind> submodule_kind_of(ByteView evidence);

/// What the evidence of a submodule has to answer to be as fresh as the attestation:
/// tagged_hash("daymark submodule nonce v1", nonce || name).
[[nodiscard]] Digest submodule_nonce(ByteView attestation_nonce, std::string_view name);

/// Order of text keys in a deterministic map (RFC 8949 §4.2.1): the shorter one first.
struct NameOrder {
  using is_transparent = void;

  [[nodiscard]] bool operator()(std::string_view a, std::string_view b) const {
    return a.size() == b.size() ? a < b : a.size() < b.size();
  }
};

/// Gathers evidence before a chip is asked, and writes the bundle afterwards. Not thread-safe.
class SubmoduleSet {
 public:
  /// Errors: errc::submodule_name, also for one that stands there; errc::cbor_length above
  /// submodules_max; those of submodule_kind_of.
  [[nodiscard]] Result<void> add(std::string name, ByteView evidence);

  [[nodiscard]] bool empty() const { return members_.empty(); }

  /// Claim 266 as governor::Client::attest takes it; empty where there is no member.
  [[nodiscard]] std::vector<Byte> claim() const;

  /// The bundle around an attestation; without members the attestation alone (a bundle has at
  /// least one, RFC 9711 §5).
  [[nodiscard]] std::vector<Byte> bundle(ByteView attestation) const;

 private:
  /// Encoded claims sets by name.
  std::map<std::string, std::vector<Byte>, NameOrder> members_;
};

}  // namespace daymark::evidence
