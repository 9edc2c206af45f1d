#include "daymark/evidence/tpm/tpm_explain.h"

#include <array>

#include <fmt/format.h>

#include "daymark/base/encode.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/tpm_event_log.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"
#include "daymark/evidence/tpm/tpm_public.h"
#include "daymark/evidence/tpm/tpm_quote_file.h"

namespace daymark::evidence {

namespace {

/// Collects fields one after another, as they stand in the input.
class TpmWords {
 public:
  explicit TpmWords(ByteView input) : input_(input) {}

  /// The next `size` bytes.
  void next(std::string name, std::size_t size, std::string value) {
    add(std::move(name), at_, size, std::move(value));
    at_ += size;
  }

  /// A view that was taken from the input; what comes next is behind it.
  void view(std::string name, ByteView bytes) {
    if (bytes.data() != nullptr && !bytes.empty()) {
      at_ = static_cast<std::size_t>(bytes.data() - input_.data());
    } else {
      at_ += 2;
    }
    next(std::move(name), bytes.size(), bytes.empty() ? "empty" : to_hex(bytes));
  }

  void add(std::string name, std::size_t place, std::size_t size, std::string value) {
    out_.push_back({static_cast<std::uint32_t>(place), static_cast<std::uint32_t>(size),
                    std::move(name), std::move(value)});
  }

  [[nodiscard]] std::vector<ExplainedField> take() { return std::move(out_); }

 private:
  ByteView input_;
  std::size_t at_ = 0;
  std::vector<ExplainedField> out_;
};

std::string algorithm_words(std::uint16_t algorithm) {
  const std::string_view hash = tpm_hash_name(algorithm);
  if (!hash.empty()) return fmt::format("{} ({:04X})", hash, algorithm);
  switch (algorithm) {
    case tpm_alg::rsa: return "RSA (0001)";
    case tpm_alg::ecc: return "ECC (0023)";
    case tpm_alg::null: return "none (0010)";
    case tpm_alg::rsassa: return "RSASSA (0014)";
    case tpm_alg::ecdsa: return "ECDSA (0018)";
    case tpm_alg::aes: return "AES (0006)";
    default: return fmt::format("unknown ({:04X})", algorithm);
  }
}

std::string curve_words(std::uint16_t curve) {
  if (curve == tpm_curve::p256) return "P-256 (0003)";
  return curve == tpm_curve::p384 ? "P-384 (0004)" : fmt::format("unknown ({:04X})", curve);
}

std::string mask_words(std::uint32_t mask) {
  std::string out;
  for (unsigned i = 0; i < 24; ++i) {
    if ((mask >> i & 1U) != 0) out += fmt::format("{}{}", out.empty() ? "" : " ", i);
  }
  return out.empty() ? "none" : out;
}

std::string attribute_words(std::uint32_t attributes) {
  struct Word {
    std::uint32_t bit;
    std::string_view name;
  };

  constexpr std::array<Word, 9> words{
      {{tpm_attribute::fixed_tpm, "fixedTPM"},
       {1U << 2U, "stClear"},
       {tpm_attribute::fixed_parent, "fixedParent"},
       {tpm_attribute::sensitive_data_origin, "sensitiveDataOrigin"},
       {1U << 6U, "userWithAuth"},
       {1U << 7U, "adminWithPolicy"},
       {tpm_attribute::restricted, "restricted"},
       {tpm_attribute::decrypt, "decrypt"},
       {tpm_attribute::sign, "sign"}}};
  std::string out = fmt::format("{:08X}:", attributes);
  for (const Word& word : words) {
    if ((attributes & word.bit) != 0) out += fmt::format(" {}", word.name);
  }
  return out;
}

void add_quote(TpmWords& out, const TpmsQuote& quote) {
  out.next("banks", 4, fmt::format("{}", quote.banks.size()));
  for (const PcrSelection& bank : quote.banks) {
    out.next("bank: hash", 2, algorithm_words(bank.hash));
    out.next("bank: size of the bitmap", 1, fmt::format("{}", bank.bitmap.size()));
    out.next("bank: PCRs", bank.bitmap.size(), mask_words(bank.mask));
  }
  out.view("digest of the PCR values", quote.digest);
}

void add_statement_info(TpmWords& out, const TpmsAttest& parsed) {
  if (const auto* const quote = std::get_if<TpmsQuote>(&parsed.info)) add_quote(out, *quote);
  if (const auto* const object = std::get_if<TpmsCertify>(&parsed.info)) {
    out.view("name of the certified object", object->name);
    out.view("its qualified name", object->qualified_name);
  }
  if (const auto* const nv = std::get_if<TpmsNvCertify>(&parsed.info)) {
    out.view("name of the NV index", nv->index_name);
    out.next("offset of the contents", 2, fmt::format("{}", nv->offset));
    out.view("NV contents", nv->contents);
  }
  if (const auto* const object = std::get_if<TpmsCreation>(&parsed.info)) {
    out.view("name of the created object", object->name);
    out.view("hash of its creation data", object->creation_hash);
  }
  if (const auto* const time = std::get_if<TpmsTime>(&parsed.info)) {
    out.next("time since power on", 8, fmt::format("{} ms", time->time));
    out.next("clock, resets, restarts, safe", 17, to_hex(time->clock_info));
    out.next("firmware", 8, fmt::format("{:016x}", time->firmware));
  }
}

void add_public_head(TpmWords& out, const TpmtPublic& parsed) {
  out.next("type", 2, algorithm_words(parsed.type));
  out.next("name algorithm", 2, algorithm_words(parsed.name_hash));
  out.next("attributes", 4, attribute_words(parsed.attributes));
  out.view("policy", parsed.policy);
  out.next("symmetric", parsed.symmetric == tpm_alg::null ? 2 : 6,
           algorithm_words(parsed.symmetric));
  const bool hashed = parsed.scheme != tpm_alg::null && parsed.scheme != tpm_alg::rsaes;
  out.next("scheme", 2, algorithm_words(parsed.scheme));
  if (hashed) out.next("hash of the scheme", 2, algorithm_words(parsed.scheme_hash));
}

std::string event_words(const EventLog& log, const LogEvent& event) {
  std::string out;
  for (std::size_t i = 0; i < log.algorithms.size(); ++i) {
    if (log.algorithms[i].hash == tpm_alg::sha1) continue;
    const std::string_view name = tpm_hash_name(log.algorithms[i].hash);
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name.empty() ? "digest" : name,
                       to_hex(event.digests.at(i)));
  }
  return fmt::format("{}; {} bytes of data", out, event.data.size());
}

std::string event_title(std::size_t number, const LogEvent& event) {
  const std::string_view known = event_type_name(event.type);
  return fmt::format("event {}: PCR {}, {}", number, static_cast<std::int32_t>(event.pcr),
                     known.empty() ? fmt::format("type {:08X}", event.type) : std::string(known));
}

}  // namespace

Result<Explanation> explain_tpm_statement(ByteView attest) {
  DAYMARK_TRY(const TpmsAttest parsed, parse_tpms_attest(attest));
  TpmWords out(attest);
  out.next("mark of what a TPM made", 4, to_hex(attest.first(4)));
  out.next("kind", 2, fmt::format("{} ({})", name_of(parsed.kind), to_hex(attest.subspan(4, 2))));
  out.view("qualified name of the signer", parsed.signer);
  out.view("nonce", parsed.extra);
  out.next("clock", 8, fmt::format("{} ms", parsed.clock));
  out.next("resets", 4, fmt::format("{}", parsed.resets));
  out.next("restarts", 4, fmt::format("{}", parsed.restarts));
  out.next("clock is safe", 1, parsed.safe ? "yes (1)" : "no (0)");
  out.next("firmware", 8, fmt::format("{:016x}", parsed.firmware));
  add_statement_info(out, parsed);
  return Explanation{"TPM statement", "offset", out.take()};
}

Result<Explanation> explain_tpm_public(ByteView area) {
  const bool sized =
      area.size() > 2 && get_big_endian<std::uint16_t>(area.first<2>()) == area.size() - 2;
  if (sized) area = area.subspan(2);
  DAYMARK_TRY(const TpmtPublic parsed, parse_tpmt_public(area));
  TpmWords out(area);
  add_public_head(out, parsed);
  if (parsed.type == tpm_alg::rsa) {
    out.next("bits", 2, fmt::format("{}", parsed.bits));
    out.next("exponent", 4,
             parsed.exponent == 0 ? "65537 (0)" : fmt::format("{}", parsed.exponent));
    out.view("modulus", parsed.modulus);
  } else {
    out.next("curve", 2, curve_words(parsed.curve));
    out.view("x", parsed.x);
    out.view("y", parsed.y);
  }
  const std::vector<Byte> name = name_of_public(parsed.name_hash, area);
  out.add("name (computed)", 0, 0, name.empty() ? "none: not a hash that is taken" : to_hex(name));
  return Explanation{"TPM public area", "offset", out.take()};
}

Result<Explanation> explain_tpm_signature(ByteView signature) {
  DAYMARK_TRY(const TpmtSignature parsed, parse_tpmt_signature(signature));
  TpmWords out(signature);
  out.next("scheme", 2, algorithm_words(parsed.scheme));
  out.next("hash", 2, algorithm_words(parsed.hash));
  if (parsed.scheme == tpm_alg::rsassa) {
    out.view("signature", parsed.rsa);
  } else {
    out.view("r", parsed.r);
    out.view("s", parsed.s);
  }
  return Explanation{"TPM signature", "offset", out.take()};
}

Result<Explanation> explain_event_log(ByteView log) {
  DAYMARK_TRY(const EventLog parsed, parse_event_log(log));
  TpmWords out(log);
  std::string algorithms;
  for (const EventAlgorithm& one : parsed.algorithms)
    algorithms += fmt::format("{}{}", algorithms.empty() ? "" : ", ", algorithm_words(one.hash));
  out.add("header: algorithms", 0, parsed.header.size, algorithms);
  for (std::size_t i = 0; i < parsed.events.size(); ++i) {
    const LogEvent& event = parsed.events[i];
    out.add(event_title(i, event), event.offset, event.size, event_words(parsed, event));
  }
  for (const EventAlgorithm& one : parsed.algorithms) {
    const auto values = replay_event_log(parsed, one.hash);
    if (!values) continue;
    for (const auto& [pcr, value] : *values) {
      out.add(fmt::format("adds up to: {} PCR {}", tpm_hash_name(one.hash), pcr), 0, 0,
              to_hex(value));
    }
  }
  return Explanation{"TCG event log", "offset", out.take()};
}

Result<Explanation> explain_tpm_file(ByteView content) {
  DAYMARK_TRY(const TpmQuoteEvidence evidence, parse_tpm_file(content));
  return explain_tpm_statement(evidence.attest);
}

std::optional<Result<Explanation>> explain_tpm_any(ByteView content) {
  if (content.size() < 8) return std::nullopt;
  if (is_tpm_file(content)) return explain_tpm_file(content);
  if (content[0] != 0) return std::nullopt;
  const auto first = get_big_endian<std::uint16_t>(content.first<2>());
  const bool sized = first == content.size() - 2;
  if (sized || first == tpm_alg::ecc || first == tpm_alg::rsa) return explain_tpm_public(content);
  if (first == tpm_alg::rsassa || first == tpm_alg::ecdsa) return explain_tpm_signature(content);
  // PCR 0 and EV_NO_ACTION, the head of the header; the older form begins otherwise.
  const auto type = get_big_endian<std::uint32_t>(content.subspan<4, 4>());
  const bool log = first == 0 && (type == 0x03000000 || content.size() > 32);
  return log ? std::optional(explain_event_log(content)) : std::nullopt;
}

}  // namespace daymark::evidence
