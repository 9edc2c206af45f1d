#include "daymark/evidence/tpm/tpm_attest.h"

#include <algorithm>
#include <string_view>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"
#include "daymark/evidence/tpm/tpm_structures.h"

namespace daymark::evidence {

namespace {

constexpr std::size_t nonce_max = 66;
constexpr std::size_t hash_max = 64;
constexpr std::size_t bitmap_max = 4;

Result<PcrSelection> read_bank(TpmFields& in) {
  PcrSelection out;
  out.hash = in.number<std::uint16_t>();
  const auto size = in.number<std::uint8_t>();
  if (size > bitmap_max) return fail(errc::quote_selection, field::tpm_quote, in.at());
  out.bitmap = in.take(size);
  for (std::size_t i = 0; i < out.bitmap.size(); ++i)
    out.mask |= std::uint32_t{out.bitmap[i]} << (8 * i);
  return out.mask >> pcr_count == 0 ? Result<PcrSelection>(out)
                                    : fail(errc::quote_selection, field::tpm_quote, in.at());
}

/// TPML_PCR_SELECTION.
Result<std::vector<PcrSelection>> read_banks(TpmFields& in) {
  const auto count = in.number<std::uint32_t>();
  if (count == 0 || count > pcr_banks_max) {
    return fail(errc::quote_selection, field::tpm_quote, in.at());
  }
  std::vector<PcrSelection> out;
  out.reserve(count);
  std::uint32_t any = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    DAYMARK_TRY(const PcrSelection bank, read_bank(in));
    const bool twice = std::ranges::find(out, bank.hash, &PcrSelection::hash) != out.end();
    if (!in.broken() && twice) return fail(errc::quote_selection, field::tpm_quote, in.at());
    any |= bank.mask;
    out.push_back(bank);
  }
  if (any == 0 && !in.broken()) return fail(errc::quote_selection, field::tpm_quote, in.at());
  return out;
}

Result<void> read_info(TpmFields& in, TpmsAttest& out) {
  switch (out.kind) {
    case TpmStatementKind::quote: {
      TpmsQuote quote;
      DAYMARK_TRY(quote.banks, read_banks(in));
      quote.digest = in.sized(hash_max);
      out.info = std::move(quote);
      return ok();
    }
    case TpmStatementKind::certify: {
      const ByteView name = in.sized(tpm_name_max);
      out.info = TpmsCertify{name, in.sized(tpm_name_max)};
      return ok();
    }
    case TpmStatementKind::nv_certify: {
      const ByteView name = in.sized(tpm_name_max);
      const auto offset = in.number<std::uint16_t>();
      out.info = TpmsNvCertify{name, offset, in.sized(tpms_attest_max)};
      return ok();
    }
    case TpmStatementKind::creation: {
      const ByteView name = in.sized(tpm_name_max);
      out.info = TpmsCreation{name, in.sized(hash_max)};
      return ok();
    }
    case TpmStatementKind::time: {
      const auto time = in.number<std::uint64_t>();
      const ByteView clock = in.take(17);
      out.info = TpmsTime{time, clock, in.number<std::uint64_t>()};
      return ok();
    }
  }
  return fail(errc::quote_kind, field::tpm_quote, 4);
}

}  // namespace

std::string_view name_of(TpmStatementKind kind) {
  switch (kind) {
    case TpmStatementKind::quote: return "quote";
    case TpmStatementKind::certify: return "certified object";
    case TpmStatementKind::nv_certify: return "certified NV contents";
    case TpmStatementKind::creation: return "certified creation";
    case TpmStatementKind::time: break;
  }
  return "certified time";
}

Result<TpmsAttest> parse_tpms_attest(ByteView attest) {
  if (attest.size() > tpms_attest_max) return fail(errc::tpm_structure, field::tpm_quote);
  TpmFields in(attest);
  TpmsAttest out;
  const auto magic = in.number<std::uint32_t>();
  if (!in.broken() && magic != tpm_magic) return fail(errc::quote_magic, field::tpm_quote);
  out.kind = static_cast<TpmStatementKind>(in.number<std::uint16_t>());
  out.signer = in.sized(tpm_name_max);
  out.extra = in.sized(nonce_max);
  out.clock = in.number<std::uint64_t>();
  out.resets = in.number<std::uint32_t>();
  out.restarts = in.number<std::uint32_t>();
  const auto safe = in.number<std::uint8_t>();
  out.safe = safe == 1;
  out.firmware = in.number<std::uint64_t>();
  if (in.broken() || safe > 1) return fail(errc::tpm_structure, field::tpm_quote, in.at());
  DAYMARK_CHECK(read_info(in, out));
  if (in.broken()) return fail(errc::tpm_structure, field::tpm_quote, in.at());
  return in.whole() ? Result<TpmsAttest>(std::move(out))
                    : fail(errc::quote_trailing, field::tpm_quote, in.at());
}

}  // namespace daymark::evidence
