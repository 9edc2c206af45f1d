// Statements of a TPM 2.0 (TPMS_ATTEST, TPM 2.0 Library part 2 §10.12) in all the forms that other
// software's TPMs send: quotes over any banks, certified objects and NV contents, time, creation.
//
// Parsing only: nothing parsed is to be believed before it is verified (tpm_quote.h). Views point
// into the input. The narrow profile of Daymark's own chips is tpm_structures.h.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence {

/// Longest statement that is looked at.
inline constexpr std::size_t tpms_attest_max = 4096;
/// PCR banks in one selection at most.
inline constexpr std::size_t pcr_banks_max = 16;

/// TPM_ST of a statement.
enum class TpmStatementKind : std::uint16_t {
  nv_certify = 0x8014,
  certify = 0x8017,
  quote = 0x8018,
  time = 0x8019,
  creation = 0x801A,
};

/// "quote", "certified NV contents", …
[[nodiscard]] std::string_view name_of(TpmStatementKind kind);

/// TPMS_PCR_SELECTION.
struct PcrSelection {
  std::uint16_t hash = 0;
  ByteView bitmap;         ///< PCR 0 is the lowest bit of the first byte
  std::uint32_t mask = 0;  ///< bit i stands for PCR i; none above 23
};

struct TpmsQuote {
  std::vector<PcrSelection> banks;  ///< no hash twice; at least one PCR in all
  ByteView digest;                  ///< over the values, bank by bank, lowest PCR first
};

struct TpmsCertify {
  ByteView name;
  ByteView qualified_name;
};

struct TpmsNvCertify {
  ByteView index_name;
  std::uint16_t offset = 0;
  ByteView contents;
};

struct TpmsCreation {
  ByteView name;
  ByteView creation_hash;
};

struct TpmsTime {
  std::uint64_t time = 0;  ///< ms since the TPM was powered
  ByteView clock_info;
  std::uint64_t firmware = 0;
};

struct TpmsAttest {
  TpmStatementKind kind{};
  ByteView signer;             ///< qualified name of the key
  ByteView extra;              ///< the asker's nonce
  std::uint64_t clock = 0;     ///< ms for which this TPM has ever run since it was cleared
  std::uint32_t resets = 0;    ///< since the TPM was last cleared
  std::uint32_t restarts = 0;  ///< resumes since the last reset
  bool safe = false;           ///< no higher clock value was given out before
  std::uint64_t firmware = 0;
  std::variant<TpmsQuote, TpmsCertify, TpmsNvCertify, TpmsCreation, TpmsTime> info;
};

/// Errors: errc::quote_magic, errc::quote_kind, errc::quote_selection, errc::quote_trailing,
/// errc::tpm_structure with the offset.
[[nodiscard]] Result<TpmsAttest> parse_tpms_attest(ByteView attest);

}  // namespace daymark::evidence
