// A statement is made of its parts and read to the last byte; what is explained lies in it.
#include <cstdlib>
#include <vector>

#include "tpm_fields.h"

#include "daymark/evidence/tpm/tpm_attest.h"
#include "daymark/evidence/tpm/tpm_explain.h"
#include "daymark/evidence/tpm/tpm_quote_file.h"

namespace {

using namespace daymark;
using fuzz::put;
using fuzz::put_sized;

void put_quote(std::vector<Byte>& out, const evidence::TpmsQuote& quote) {
  put(out, static_cast<std::uint32_t>(quote.banks.size()));
  for (const evidence::PcrSelection& bank : quote.banks) {
    put(out, bank.hash);
    put(out, static_cast<std::uint8_t>(bank.bitmap.size()));
    out.insert(out.end(), bank.bitmap.begin(), bank.bitmap.end());
  }
  put_sized(out, quote.digest);
}

void put_info(std::vector<Byte>& out, const evidence::TpmsAttest& attest) {
  if (const auto* const quote = std::get_if<evidence::TpmsQuote>(&attest.info)) {
    put_quote(out, *quote);
  } else if (const auto* const object = std::get_if<evidence::TpmsCertify>(&attest.info)) {
    put_sized(out, object->name);
    put_sized(out, object->qualified_name);
  } else if (const auto* const nv = std::get_if<evidence::TpmsNvCertify>(&attest.info)) {
    put_sized(out, nv->index_name);
    put(out, nv->offset);
    put_sized(out, nv->contents);
  } else if (const auto* const created = std::get_if<evidence::TpmsCreation>(&attest.info)) {
    put_sized(out, created->name);
    put_sized(out, created->creation_hash);
  } else {
    const auto& time = std::get<evidence::TpmsTime>(attest.info);
    put(out, time.time);
    out.insert(out.end(), time.clock_info.begin(), time.clock_info.end());
    put(out, time.firmware);
  }
}

std::vector<Byte> put_together(const evidence::TpmsAttest& attest) {
  std::vector<Byte> out;
  put(out, std::uint32_t{0xFF544347});
  put(out, static_cast<std::uint16_t>(attest.kind));
  put_sized(out, attest.signer);
  put_sized(out, attest.extra);
  put(out, attest.clock);
  put(out, attest.resets);
  put(out, attest.restarts);
  put(out, static_cast<std::uint8_t>(attest.safe ? 1 : 0));
  put(out, attest.firmware);
  put_info(out, attest);
  return out;
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const auto attest = evidence::parse_tpms_attest(input);
  const auto words = evidence::explain_tpm_statement(input);
  require(words.has_value() == attest.has_value());
  (void)evidence::parse_tpm_file(input);
  (void)evidence::parse_pcr_values(input, input);
  if (!attest) return 0;
  require(equal(put_together(*attest), input));
  std::vector<Byte> longer(data, data + size);
  longer.push_back(0);
  require(!evidence::parse_tpms_attest(longer));
  for (const evidence::ExplainedField& field : words->fields)
    require(field.place + field.size <= size);
  return 0;
}
