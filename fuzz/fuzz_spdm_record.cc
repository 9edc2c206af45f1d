// A measurement record that parses is made of its blocks: put together again they are the input.
#include <cstdlib>

#include "daymark/evidence/nvidia/spdm_record.h"

namespace {

using namespace daymark;

void put(std::vector<Byte>& out, std::size_t value) {
  out.push_back(static_cast<Byte>(value));
  out.push_back(static_cast<Byte>(value >> 8));
}

std::vector<Byte> put_together(const std::vector<evidence::SpdmMeasurement>& blocks) {
  std::vector<Byte> out;
  for (const evidence::SpdmMeasurement& one : blocks) {
    out.push_back(one.index);
    out.push_back(1);
    put(out, one.value.size() + 3);
    out.push_back(static_cast<Byte>(static_cast<unsigned>(one.type) | (one.raw ? 0x80U : 0U)));
    put(out, one.value.size());
    out.insert(out.end(), one.value.begin(), one.value.end());
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const auto blocks = evidence::parse_spdm_record(input);
  if (blocks && !equal(put_together(*blocks), input)) std::abort();
  return 0;
}
