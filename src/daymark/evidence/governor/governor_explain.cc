#include "daymark/evidence/governor/governor_explain.h"

#include <fmt/format.h>

#include "daymark/base/error_table.h"
#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/cbor/cose.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/tpm/tpm_binding.h"

namespace daymark::evidence {

namespace {

class GovernorWords {
 public:
  void add(std::string name, std::string value) {
    out_.fields.push_back({0, 0, std::move(name), std::move(value)});
  }

  /// Another explanation's fields, below a name.
  void add_all(const std::string& name, const Explanation& inner) {
    add(name, std::string(inner.kind));
    for (const ExplainedField& one : inner.fields)
      add(fmt::format("{}: {}", name, one.name), one.value);
  }

  Explanation take() { return std::move(out_); }

 private:
  Explanation out_{"governor's attestation (EAT)", "", {}};
};

std::string head_words(const order::StreamHead& head) {
  return fmt::format("{} {}", head.seq, to_hex(head.hash));
}

std::string clock_words(const governor::ClockReading& clock) {
  if (!clock.fresh) return fmt::format("not fresh; not before {}", to_rfc3339(clock.earliest));
  return fmt::format("{} to {}", to_rfc3339(clock.earliest), to_rfc3339(clock.latest));
}

void explain_history(const governor::Attestation& claims, GovernorWords& out) {
  out.add("fleet", to_hex(claims.fleet.bytes));
  out.add("charter", to_hex(claims.charter));
  out.add("fleet's stream", head_words(claims.fleet_head));
  out.add("chip's stream", head_words(claims.own_head));
  out.add("licence", fmt::format("{} {}", claims.licence, to_hex(claims.licence_chain)));
  out.add("checkpoint",
          fmt::format("{} {}", claims.checkpoint.size.value, to_hex(claims.checkpoint.root)));
  out.add("ledger", fmt::format("{} {}", claims.ledger.size.value, to_hex(claims.ledger.root)));
}

void explain_present(const governor::Attestation& claims, GovernorWords& out) {
  out.add("standing", fmt::format("{}", static_cast<unsigned>(claims.standing)));
  if (claims.reason != Errc{}) {
    out.add("reason", std::string(entry_of(claims.reason).name));
  }
  out.add("clock", clock_words(claims.clock));
  out.add("firmware", to_hex(claims.firmware));
  out.add("counter", fmt::format("{}", claims.counter));
  out.add("refusals", fmt::format("{}", claims.refusals));
  out.add("fence", fmt::format("{}", static_cast<unsigned>(claims.fence)));
  out.add("level", fmt::format("L{}", static_cast<unsigned>(claims.level)));
  out.add("boot", to_hex(claims.boot.bytes));
  for (std::size_t i = 0; i < claims.time_count; ++i) {
    out.add(fmt::format("time of beacon {}", claims.times.at(i).beacon),
            to_rfc3339(claims.times.at(i).time));
  }
}

Result<void> explain_named(const governor::Attestation& claims, GovernorWords& out) {
  if (claims.submodules.empty()) return ok();
  cbor::Reader in(claims.submodules);
  DAYMARK_TRY(const std::size_t pairs, in.enter_map(governor::submodules_max));
  for (std::size_t i = 0; i < pairs; ++i) {
    DAYMARK_TRY(const governor::Submodule one, governor::read_submodule(in));
    // Any text may stand there; what is no name is not printed.
    const std::string name(is_submodule_name(one.name) ? one.name : "(no name)");
    out.add("submodule " + name, "SHA-256 " + to_hex(one.digest));
  }
  return ok();
}

/// NVIDIA's JSON holds many items; of the rest there is one.
Result<Explanation> explain_evidence(const DetachedSubmodule& member) {
  if (member.kind == SubmoduleKind::tpm_attested) {
    DAYMARK_TRY(const TpmAttested attested, parse_tpm_attested(member.evidence));
    return explain_any(attested.quote.attest);
  }
  if (member.kind != SubmoduleKind::nvidia) return explain_any(member.evidence);
  DAYMARK_TRY(const auto items, parse_evidence_file(member.evidence));
  if (!items.front()) return fail(items.front().error());
  return explain_report(items.front()->report);
}

void explain_member(const DetachedSubmodule& member, GovernorWords& out) {
  const std::string name(member.name);
  out.add("member " + name,
          fmt::format("{}, {} bytes, SHA-256 {}", name_of(member.kind), member.evidence.size(),
                      to_hex(crypto::sha256(member.claims_set))));
  const auto inner = explain_evidence(member);
  if (inner) {
    out.add_all(name, *inner);
  } else {
    out.add(name, fmt::format("not explained ({})", entry_of(inner.error().code).name));
  }
}

}  // namespace

Result<Explanation> explain_governor(ByteView content) {
  DAYMARK_TRY(const GovernorEat eat, parse_governor_eat(content));
  DAYMARK_TRY(const cbor::Sign1 message, cbor::parse_sign1(eat.attestation));
  DAYMARK_TRY(const governor::Attestation claims, governor::parse_attestation(message.payload));
  GovernorWords out;
  out.add("chip", to_hex(crypto::chip_id(claims.chip).bytes));
  out.add("chip's key", to_hex(claims.chip.bytes));
  out.add("nonce", to_hex(claims.nonce));
  explain_history(claims, out);
  explain_present(claims, out);
  DAYMARK_CHECK(explain_named(claims, out));
  for (const DetachedSubmodule& member : eat.members)
    explain_member(member, out);
  return out.take();
}

}  // namespace daymark::evidence
