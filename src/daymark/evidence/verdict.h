// Verdicts on evidence, with their grounds, and how they are printed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/error_table.h"
#include "daymark/base/level.h"
#include "daymark/base/units.h"
#include "daymark/evidence/nvidia/chain.h"
#include "daymark/evidence/nvidia/comparison.h"
#include "daymark/evidence/pki/revocation.h"

namespace daymark::evidence {

enum class Verdict { genuine, refused, undecided };

[[nodiscard]] std::string_view name_of(Verdict verdict);

/// What became of one question. `absent`: the evidence says nothing on it, as old firmware does on
/// its identity; never counted as held. `unknown`: asked, and what was given does not decide it.
enum class Finding { held, failed, absent, unknown, not_judged };

[[nodiscard]] std::string_view name_of(Finding finding);

struct Ground {
  /// "form", "chain", "validity", "signature", "architecture", "firmware identity", "freshness",
  /// "revocation", "known" (reference values), "allowed" (policy).
  std::string_view question;
  Finding finding;
};

/// What a device that was shown to be genuine says of itself.
struct GenuineDevice {
  CertifiedDevice certified;
  /// "gpu" or "switch".
  std::string_view type;
  /// Empty for switches.
  std::string driver;
  std::string vbios;
  /// "single GPU", "multi GPU" or "protected PCIe"; empty where the firmware doesn't say.
  std::string_view mode;
  SpdmNonce nonce{};
  std::size_t measurements = 0;
};

/// One of the three questions that are kept apart, with the rule that decided it.
struct Answer {
  Finding finding = Finding::not_judged;
  Error reason;
};

/// A file of reference values that the device was compared with.
struct UsedReference {
  std::string file;
  std::string_view kind;  ///< "driver", "vbios" or "switch"
  std::string version;
  std::string tag_id;
  /// When the first of the signer's certificates expires.
  UnixMillis valid_until;
};

/// Something else that evidence tells, named in words.
struct Fact {
  std::string name;
  std::string value;
};

struct EvidenceVerdict {
  /// The file, with "#N" behind it where it holds several items.
  std::string file;
  /// "nvidia-spdm", "nvidia-rim", "tpm-quote", "tpm-attested", "host", "governor", "psa-token",
  /// "eat", "corim", "ear", or "unknown" where the file has no known form.
  std::string_view kind = "unknown";
  /// Genuine where no question that was asked failed, and none stayed unknown.
  Verdict verdict = Verdict::refused;
  /// A certified device signed this, unrevoked as far as that was asked.
  Answer genuine;
  /// Its measurements are the maker's reference values.
  Answer known;
  /// The verifier's own policy lists such a device.
  Answer allowed;
  /// The rule that decided: an error, or errc::evidence_genuine and its kin.
  Error reason;
  /// L3 once the device's own signature held; L0 before.
  Level level = Level::declared;
  UnixMillis as_of;
  std::optional<GenuineDevice> device;
  /// In the order in which the questions were put; after the first that failed none is.
  std::vector<Ground> grounds;
  /// One for each certificate whose status was asked for.
  std::vector<RevocationFinding> revocation;
  std::vector<UsedReference> references;
  /// Absent where no reference values fit the device.
  std::optional<Comparison> comparison;
  /// What other kinds of evidence than NVIDIA's tell; a name may stand twice.
  std::vector<Fact> facts;
  /// Of a governor: each submodule's own, in the order of their names.
  std::vector<EvidenceVerdict> submodules;
};

/// One JSON object for one verdict, {"items": […]} for any other number.
[[nodiscard]] std::string to_json(std::span<const EvidenceVerdict> verdicts);

/// A few lines for people; the sentence in `language`, the rest in English.
[[nodiscard]] std::string to_text(const EvidenceVerdict& verdict,
                                  Language language = Language::english);

}  // namespace daymark::evidence
