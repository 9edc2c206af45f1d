#include "daymark/evidence/host_identity.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"

namespace daymark::evidence {

namespace {

using nlohmann::json;

constexpr std::string_view host_format = "daymark host v1";
constexpr std::size_t host_text_max = 128;
constexpr std::size_t host_nonce_max = 64;

std::unexpected<Error> bad_host(std::size_t device = 0) {
  return fail(errc::host_form, field::host_device, static_cast<std::uint32_t>(device));
}

/// That an object has these members and no other.
bool has_only(const json& object, std::span<const std::string_view> names) {
  if (!object.is_object()) return false;
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(names, name) == names.end()) return false;
  }
  return true;
}

/// Printable ASCII; absent where the member is.
Result<std::string> host_text(const json& object, const char* name, bool needed) {
  const auto found = object.find(name);
  if (found == object.end()) return needed ? Result<std::string>(bad_host()) : std::string();
  if (!found->is_string()) return bad_host();
  const auto& text = found->get_ref<const std::string&>();
  const bool plain = text.size() <= host_text_max && (!needed || !text.empty()) &&
                     std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
  return plain ? Result<std::string>(text) : bad_host();
}

Result<ReportedDevice> read_device(const json& object) {
  constexpr std::array<std::string_view, 5> names{"product", "uuid", "serial", "pci", "vbios"};
  if (!has_only(object, names)) return bad_host();
  ReportedDevice out;
  DAYMARK_TRY(out.product, host_text(object, "product", true));
  DAYMARK_TRY(out.uuid, host_text(object, "uuid", true));
  DAYMARK_TRY(out.serial, host_text(object, "serial", false));
  DAYMARK_TRY(out.pci, host_text(object, "pci", true));
  DAYMARK_TRY(out.vbios, host_text(object, "vbios", true));
  return out;
}

Result<std::vector<ReportedDevice>> read_devices(const json& object) {
  const auto found = object.find("devices");
  const bool good = found != object.end() && found->is_array() && !found->empty() &&
                    found->size() <= host_devices_max;
  if (!good) return bad_host();
  std::vector<ReportedDevice> out;
  out.reserve(found->size());
  for (const json& one : *found) {
    auto device = read_device(one);
    const bool twice =
        device && std::ranges::find(out, device->uuid, &ReportedDevice::uuid) != out.end();
    if (!device || twice) return bad_host(out.size());
    out.push_back(*std::move(device));
  }
  return out;
}

class HostJudge {
 public:
  HostJudge(const HostEvidence& evidence, const TpmQuoteOptions& options)
      : evidence_(evidence), options_(options) {
    out_.kind = "host";
    out_.as_of = options.as_of;
  }

  EvidenceVerdict judge(const TimingHook& timing) {
    const Result<void> done = judge_all(timing);
    if (!done) {
      out_.reason = done.error();
      out_.verdict = Verdict::refused;
      out_.level = Level::declared;
      out_.genuine = {Finding::failed, done.error()};
    }
    return std::move(out_);
  }

 private:
  template <class T>
  Result<T> ground(std::string_view question, Result<T> result) {
    out_.grounds.push_back({question, result ? Finding::held : Finding::failed});
    return result;
  }

  void tell(std::string_view name, std::string value) {
    out_.facts.push_back({std::string(name), std::move(value)});
  }

  Result<void> judge_all(const TimingHook& timing) {
    DAYMARK_TRY(const HostDescription description,
                ground("form", parse_host_description(evidence_.description)));
    tell_devices(description);
    DAYMARK_CHECK(judge_freshness(description));
    DAYMARK_CHECK(judge_voucher());
    if (timing) return ground("timing", timing(description));
    out_.grounds.push_back({"timing", Finding::not_judged});
    return ok();
  }

  void tell_devices(const HostDescription& description) {
    if (!description.host.empty()) tell("host", description.host);
    tell("driver", description.driver);
    for (const ReportedDevice& one : description.devices) {
      tell("device",
           fmt::format("{} {} serial {} at {}, VBIOS {}", one.product, one.uuid,
                       one.serial.empty() ? "not stated" : one.serial, one.pci, one.vbios));
    }
  }

  Result<void> judge_freshness(const HostDescription& description) {
    if (options_.nonce) {
      const bool same = !description.nonce.empty() && equal(description.nonce, *options_.nonce);
      return ground("freshness", same ? ok() : fail(errc::evidence_nonce, field::requester_nonce));
    }
    out_.grounds.push_back({"freshness", Finding::not_judged});
    return ok();
  }

  Result<void> judge_voucher() {
    if (evidence_.quote) return judge_quote();
    if (!evidence_.signature.empty()) return judge_signature();
    out_.grounds.push_back({"signature", Finding::absent});
    settle(Verdict::undecided, Level::declared, Finding::unknown);
    tell("worth", "L0: a file says so; nobody signed it");
    return ok();
  }

  void settle(Verdict verdict, Level level, Finding genuine) {
    out_.verdict = verdict;
    out_.level = level;
    out_.reason = {level == Level::tpm_bound ? errc::host_bound : errc::host_declared, no_field, 0};
    out_.genuine = {genuine, out_.reason};
  }

  Result<void> judge_signature() {
    if (!options_.key) return ground("signature", Result<void>(fail(errc::ak_missing)));
    DAYMARK_TRY(const TpmKey key, ground("key", TpmKey::parse(*options_.key)));
    DAYMARK_CHECK(ground("signature", key.verify(evidence_.description, evidence_.signature)));
    settle(Verdict::genuine, Level::host_signed, Finding::held);
    tell("worth", "L1: the host's software says so, and root on it can say anything");
    return ok();
  }

  /// The quote's own questions, with the description as its challenge.
  Result<void> judge_quote() {
    TpmQuoteOptions how = options_;
    const Digest commitment = host_commitment(evidence_.description);
    how.nonce = std::vector<Byte>(commitment.begin(), commitment.end());
    EvidenceVerdict quote = verify_tpm_quote(*evidence_.quote, how);
    for (const Ground& one : quote.grounds) {
      const bool bound = one.question == "freshness";
      out_.grounds.push_back({bound ? "commitment" : one.question, one.finding});
    }
    if (quote.verdict == Verdict::refused) {
      const bool other = quote.reason.code == errc::quote_nonce;
      return fail(other ? errc::host_nonce : quote.reason.code, quote.reason.field,
                  quote.reason.offset);
    }
    std::erase_if(quote.facts, [](const Fact& fact) { return fact.name == "worth"; });
    std::ranges::move(quote.facts, std::back_inserter(out_.facts));
    settle(quote.verdict, quote.level, quote.genuine.finding);
    out_.known = quote.known;
    const bool bound = quote.level == Level::tpm_bound;
    if (!bound) {
      out_.reason = quote.reason;
      out_.genuine.reason = quote.reason;
    }
    tell("worth", bound ? "L2: a host with this TPM says so of its devices, which signed nothing; "
                          "another device in their place would not be noticed"
                        : "L1: whoever holds this key says so");
    return ok();
  }

  const HostEvidence& evidence_;
  const TpmQuoteOptions& options_;
  EvidenceVerdict out_;
};

}  // namespace

Result<HostDescription> parse_host_description(ByteView content) {
  constexpr std::array<std::string_view, 5> names{"format", "host", "driver", "nonce", "devices"};
  if (content.size() > host_description_max) return bad_host();
  DAYMARK_TRY(const json all, internal::parse_json(text_of(content)));
  if (!has_only(all, names)) return bad_host();
  DAYMARK_TRY(const std::string format, host_text(all, "format", true));
  if (format != host_format) return bad_host();
  HostDescription out;
  DAYMARK_TRY(out.host, host_text(all, "host", false));
  DAYMARK_TRY(out.driver, host_text(all, "driver", true));
  DAYMARK_TRY(const std::string nonce, host_text(all, "nonce", false));
  auto bytes = from_hex(nonce);
  if (!bytes || bytes->size() > host_nonce_max) return bad_host();
  out.nonce = *std::move(bytes);
  DAYMARK_TRY(out.devices, read_devices(all));
  return out;
}

std::string print_host_description(const HostDescription& description) {
  nlohmann::ordered_json devices = nlohmann::ordered_json::array();
  for (const ReportedDevice& one : description.devices) {
    devices.push_back({{"product", one.product},
                       {"uuid", one.uuid},
                       {"serial", one.serial},
                       {"pci", one.pci},
                       {"vbios", one.vbios}});
  }
  const nlohmann::ordered_json out{{"format", host_format},
                                   {"host", description.host},
                                   {"driver", description.driver},
                                   {"nonce", to_hex(description.nonce)},
                                   {"devices", std::move(devices)}};
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

bool is_host_file(ByteView content) {
  if (content.size() > host_description_max || content.empty()) return false;
  const auto all = internal::parse_json(text_of(content));
  return all && all->is_object() && internal::text_member(*all, "format") == host_format;
}

Digest host_commitment(ByteView description) {
  const std::array<ByteView, 1> parts{description};
  return crypto::sha256(parts);
}

EvidenceVerdict verify_host(const HostEvidence& evidence, const TpmQuoteOptions& options,
                            const TimingHook& timing) {
  return HostJudge(evidence, options).judge(timing);
}

}  // namespace daymark::evidence
