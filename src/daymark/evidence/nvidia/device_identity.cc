// What a leaf certificate says about the device and its firmware.
#include <array>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/certificate_internal.h"
#include "daymark/evidence/pki/der_internal.h"

namespace daymark::evidence {

namespace {

// Object identifiers as DER content.
constexpr std::array<Byte, 6> composite_device_id{0x67, 0x81, 0x05, 0x05, 0x04, 0x01};
constexpr std::array<Byte, 7> dice_tcb_info{0x67, 0x81, 0x05, 0x05, 0x04, 0x01, 0x01};
constexpr std::array<Byte, 9> sha384{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02};
constexpr std::array<Byte, 3> subject_alternative_name{0x55, 0x1D, 0x11};
constexpr std::array<Byte, 10> dmtf_device_info{0x2B, 0x06, 0x01, 0x04, 0x01,
                                                0x83, 0x1C, 0x82, 0x12, 0x01};
constexpr std::size_t device_info_max = 64;
constexpr unsigned tcb_info_fwids = 6;

/// FWID ::= SEQUENCE { hashAlg OBJECT IDENTIFIER, digest OCTET STRING }
Result<FirmwareIdentity> read_fwid(der::Reader& outer) {
  DAYMARK_TRY(const auto fwid, outer.next(der::sequence));
  der::Reader inside(fwid.content);
  DAYMARK_TRY(const auto algorithm, inside.next(der::object_identifier));
  DAYMARK_TRY(const auto digest, inside.next(der::octet_string));
  DAYMARK_CHECK(inside.expect_end());
  if (!equal(algorithm.content, sha384) || digest.content.size() != sizeof(FirmwareIdentity)) {
    return fail(errc::fwid_malformed, field::firmware_identity);
  }
  return array_of<sizeof(FirmwareIdentity)>(digest.content);
}

/// TCG "Implicit Identity Based Device Attestation" 1.0: SEQUENCE { version INTEGER, deviceID
/// SubjectPublicKeyInfo, fwid FWID }. NVIDIA's own verifier takes the last 48 bytes.
Result<FirmwareIdentity> read_composite(ByteView content) {
  der::Reader outer(content);
  DAYMARK_TRY(const auto all, outer.next(der::sequence));
  DAYMARK_CHECK(outer.expect_end());
  der::Reader inside(all.content);
  DAYMARK_CHECK(inside.next(der::integer));
  DAYMARK_CHECK(inside.next(der::sequence));
  DAYMARK_TRY(const auto fwid, read_fwid(inside));
  DAYMARK_CHECK(inside.expect_end());
  return fwid;
}

/// TCG DICE Attestation Architecture 1.1 §6.1.1: DiceTcbInfo, a SEQUENCE of optional context tags
/// in ascending order, of which [6] lists FWIDs. The first is the firmware that holds the key.
Result<std::optional<FirmwareIdentity>> read_tcb_info(ByteView content) {
  der::Reader outer(content);
  DAYMARK_TRY(const auto all, outer.next(der::sequence));
  DAYMARK_CHECK(outer.expect_end());
  der::Reader inside(all.content);
  std::optional<FirmwareIdentity> found;
  while (!inside.at_end()) {
    DAYMARK_TRY(const auto element, inside.next());
    if (element.tag != der::context(tcb_info_fwids)) continue;
    if (found) return fail(errc::fwid_malformed, field::firmware_identity);
    der::Reader list(element.content);
    DAYMARK_TRY(found, read_fwid(list));
  }
  return found;
}

Result<std::optional<FirmwareIdentity>> read_firmware(const Certificate& leaf) {
  DAYMARK_TRY(const auto composite, leaf.extension(composite_device_id));
  DAYMARK_TRY(const auto tcb_info, leaf.extension(dice_tcb_info));
  // Two sources that might differ: refused rather than chosen between.
  if (composite && tcb_info) return fail(errc::fwid_malformed, field::firmware_identity);
  if (tcb_info) return read_tcb_info(*tcb_info);
  if (!composite) return std::nullopt;
  DAYMARK_TRY(const auto fwid, read_composite(*composite));
  return fwid;
}

/// OtherName ::= [0] SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY } (RFC 5280
/// §4.2.1.6), with the DMTF's type: UTF8String "manufacturer:product:serial" (DSP0274 1.1, table
/// 33).
Result<std::string> read_device_info(ByteView other_name) {
  der::Reader inside(other_name);
  DAYMARK_TRY(const auto type, inside.next(der::object_identifier));
  DAYMARK_TRY(const auto value, inside.next(der::context(0)));
  DAYMARK_CHECK(inside.expect_end());
  if (!equal(type.content, dmtf_device_info)) return std::string{};
  der::Reader explicitly(value.content);
  DAYMARK_TRY(const auto text, explicitly.next(der::utf8_string));
  DAYMARK_CHECK(explicitly.expect_end());
  for (const Byte c : text.content) {
    if (c <= 0x20 || c >= 0x7F) return fail(errc::chain_certificate, field::certificate);
  }
  if (text.content.size() > device_info_max) {
    return fail(errc::chain_certificate, field::certificate);
  }
  return std::string(text_of(text.content));
}

}  // namespace

Result<std::optional<FirmwareIdentity>> certified_firmware(const Certificate& leaf) {
  auto out = read_firmware(leaf);
  if (!out) return fail(errc::fwid_malformed, field::firmware_identity);
  return out;
}

Result<std::string> certified_device_info(const Certificate& leaf) {
  DAYMARK_TRY(const auto names, leaf.extension(subject_alternative_name));
  if (!names) return std::string{};
  der::Reader outer(*names);
  DAYMARK_TRY(const auto all, outer.next(der::sequence));
  DAYMARK_CHECK(outer.expect_end());
  der::Reader inside(all.content);
  std::string out;
  while (!inside.at_end()) {
    DAYMARK_TRY(const auto name, inside.next());
    if (name.tag != der::context(0)) continue;
    DAYMARK_TRY(auto info, read_device_info(name.content));
    if (!info.empty()) out = std::move(info);
  }
  return out;
}

}  // namespace daymark::evidence
