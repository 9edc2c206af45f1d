// A report that parses is made of its parts: put together again they are the input.
#include <cstdlib>

#include "daymark/evidence/nvidia/spdm_report.h"

namespace {

using namespace daymark;

void append(std::vector<Byte>& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void put(std::vector<Byte>& out, std::size_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i)
    out.push_back(static_cast<Byte>(value >> (8 * i)));
}

std::vector<Byte> put_together(const evidence::SpdmReport& report) {
  std::vector<Byte> out{0x11, 0xE0, 0x01, 0xFF};
  append(out, report.requester_nonce);
  append(out, std::array<Byte, 5>{0, 0x11, 0x60, 0, 0});
  put(out, report.blocks.size(), 1);
  put(out, report.blocks.size() * 55, 3);
  for (const evidence::MeasurementBlock& block : report.blocks) {
    append(out, std::array<Byte, 7>{block.index, 1, 51, 0, 1, 48, 0});
    append(out, block.value);
  }
  append(out, report.responder_nonce);
  std::vector<Byte> opaque;
  for (const evidence::OpaqueField& field : report.opaque) {
    put(opaque, static_cast<std::size_t>(field.type), 2);
    put(opaque, field.data.size(), 2);
    append(opaque, field.data);
  }
  put(out, opaque.size(), 2);
  append(out, opaque);
  append(out, report.signature);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const auto report = evidence::parse_report(input);
  if (report && !equal(put_together(*report), input)) std::abort();
  return 0;
}
