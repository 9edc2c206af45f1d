#include "daymark/order/content_writer.h"

#include <algorithm>

#include "daymark/cbor/encode.h"
#include "daymark/cbor/sign.h"
#include "daymark/order/appeal.h"
#include "daymark/order/emergency.h"
#include "daymark/order/fields_internal.h"

namespace daymark::order {

namespace {

using cbor::Writer;

void put_target(Writer& out, const Target& target) {
  out.open_array(3);
  out.put_bytes(target.chip.view());
  out.put_unsigned(target.seq);
  out.put_bytes(target.prev);
}

std::vector<Byte> write_programs(std::span<const Program> programs) {
  return cbor::encode([&](Writer& out) {
    out.open_array(programs.size());
    for (const Program& program : programs) {
      out.open_array(2);
      out.put_text(program.name);
      out.put_bytes(program.digest);
    }
  });
}

std::vector<Byte> voucher_payload(const Voucher& voucher) {
  return cbor::encode([&](Writer& out) {
    out.open_array(4);
    out.put_bytes(voucher.chip.bytes);
    out.put_bytes(voucher.owner.bytes);
    out.put_text(voucher.model);
    out.put_text(voucher.serial);
  });
}

std::vector<Byte> consent_payload(const ConsentSource& consent) {
  return cbor::encode([&](Writer& out) {
    out.open_array(3);
    out.put_bytes(consent.chip.bytes);
    out.put_bytes(consent.charter);
    out.put_bytes(consent.nonce);
  });
}

std::vector<Byte> appeal_payload(const AppealSource& appeal) {
  return cbor::encode([&](Writer& out) {
    out.open_array(5);
    out.put_unsigned(1);
    out.put_bytes(appeal.fleet.view());
    out.put_bytes(appeal.order);
    internal::put_time(out, appeal.issued);
    out.put_text(appeal.text);
  });
}

std::vector<Byte> emergency_payload(const EmergencySource& grant) {
  return cbor::encode([&](Writer& out) {
    out.open_array(6);
    out.put_unsigned(1);
    out.put_bytes(grant.fleet.view());
    out.put_bytes(grant.chip.view());
    internal::put_time(out, grant.issued);
    out.put_unsigned(static_cast<std::uint64_t>(grant.span.value / minutes(1).value));
    out.put_text(grant.text);
  });
}

}  // namespace

std::vector<Byte> write_scope(ScopeContent scope) {
  const auto targets = std::span(scope.targets).first(scope.target_count);
  std::ranges::sort(targets, {}, &Target::chip);
  return cbor::encode([&](Writer& out) {
    out.open_array(scope.appeal.empty() ? 3 : 4);
    out.open_array(targets.size());
    for (const Target& target : targets)
      put_target(out, target);
    out.put_text(scope.reason);
    if (scope.finding.empty()) {
      out.put_null();
    } else {
      out.put_bytes(scope.finding);
    }
    if (!scope.appeal.empty()) out.put_bytes(scope.appeal);
  });
}

std::vector<Byte> write_enrol(const EnrolContent& enrol) {
  return cbor::encode([&](Writer& out) {
    out.open_array(6);
    out.put_bytes(enrol.chip.bytes);
    out.put_bytes(enrol.owner.bytes);
    out.put_bytes(enrol.voucher);
    out.put_bytes(enrol.consent);
    out.put_bytes(enrol.nonce);
    out.put_bytes(enrol.answer);
  });
}

std::vector<Byte> write_batch(const BatchContent& batch) {
  return cbor::encode([&](Writer& out) {
    out.open_array(2);
    out.put_bytes(batch.root);
    out.put_unsigned(batch.leaves);
  });
}

std::vector<Byte> write_policy(PolicySource policy) {
  std::ranges::sort(policy.programs, {}, &Program::digest);
  const std::vector<Byte> programs = write_programs(policy.programs);
  const auto list = parse_programs(programs);
  // A list that can't be read has no root; its reader says why.
  const Digest root = list ? program_root(*list) : Digest{};
  return cbor::encode([&](Writer& out) {
    out.open_array(4);
    out.put_bytes(root);
    out.put_raw(programs);
    out.put_unsigned(policy.level_least);
    internal::put_span(out, policy.reporting);
  });
}

std::vector<Byte> write_firmware(const FirmwareContent& firmware) {
  return cbor::encode([&](Writer& out) {
    out.open_array(4);
    out.put_bytes(firmware.image);
    out.put_unsigned(firmware.version);
    out.put_text(firmware.commit);
    out.open_array(2);
    for (const ByteView attestation : firmware.attestations)
      out.put_bytes(attestation);
  });
}

std::vector<Byte> write_transfer(const TransferContent& transfer) {
  return cbor::encode([&](Writer& out) {
    out.open_array(4);
    put_target(out, transfer.target);
    out.put_bytes(transfer.fleet.view());
    out.put_bytes(transfer.charter);
    out.put_bytes(transfer.consent);
  });
}

std::vector<Byte> make_voucher(const Voucher& voucher, const crypto::SecretKey& maker) {
  return cbor::sign1(voucher_payload(voucher), voucher_purpose, maker);
}

Outcome<std::vector<Byte>> make_voucher(const Voucher& voucher, crypto::Signer& maker) {
  return cbor::sign1(voucher_payload(voucher), voucher_purpose, maker);
}

std::vector<Byte> make_consent(const ConsentSource& consent, const crypto::SecretKey& owner) {
  return cbor::sign1(consent_payload(consent), consent_purpose, owner);
}

Outcome<std::vector<Byte>> make_consent(const ConsentSource& consent, crypto::Signer& owner) {
  return cbor::sign1(consent_payload(consent), consent_purpose, owner);
}

std::vector<Byte> make_appeal(const AppealSource& appeal, const crypto::SecretKey& owner) {
  return cbor::sign1(appeal_payload(appeal), appeal_purpose, owner);
}

Outcome<std::vector<Byte>> make_appeal(const AppealSource& appeal, crypto::Signer& owner) {
  return cbor::sign1(appeal_payload(appeal), appeal_purpose, owner);
}

std::vector<Byte> make_emergency(const EmergencySource& grant, const crypto::SecretKey& owner) {
  return cbor::sign1(emergency_payload(grant), emergency_purpose, owner);
}

Outcome<std::vector<Byte>> make_emergency(const EmergencySource& grant, crypto::Signer& owner) {
  return cbor::sign1(emergency_payload(grant), emergency_purpose, owner);
}

std::vector<Byte> make_answer(const Digest& nonce, const Digest& charter,
                              const crypto::SecretKey& chip) {
  const auto payload = cbor::encode([&](Writer& out) {
    out.open_array(2);
    out.put_bytes(nonce);
    out.put_bytes(charter);
  });
  return cbor::sign1(payload, answer_purpose, chip);
}

std::vector<Byte> make_build_attestation(const FirmwareContent& firmware,
                                         const crypto::SecretKey& builder) {
  const auto payload = cbor::encode([&](Writer& out) {
    out.open_array(3);
    out.put_bytes(firmware.image);
    out.put_unsigned(firmware.version);
    out.put_text(firmware.commit);
  });
  return cbor::sign1(payload, build_purpose, builder);
}

}  // namespace daymark::order
