// Permits, order receipts and attestations: what is accepted is written again as the same bytes.
#include <cstdlib>
#include <vector>

#include "daymark/governor/documents.h"
#include "daymark/governor/status.h"

namespace {

using namespace daymark;  // NOLINT(google-build-using-namespace)

void require_same(const Result<ByteView>& again, ByteView input) {
  if (!again || !equal(*again, input)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  std::vector<Byte> space(size + governor::document_size_max);
  if (const auto permit = governor::parse_permit(input)) {
    require_same(governor::write_permit(*permit, space), input);
  }
  if (const auto receipt = governor::parse_order_receipt(input)) {
    require_same(governor::write_order_receipt(*receipt, space), input);
  }
  if (const auto claims = governor::parse_attestation(input)) {
    require_same(governor::write_attestation(*claims, space), input);
  }
  cbor::Reader reader(input);
  if (const auto status = governor::read_status(reader); status && reader.at_end()) {
    cbor::Writer writer(space);
    governor::write_status(*status, writer);
    require_same(writer.finish(), input);
  }
  return 0;
}
