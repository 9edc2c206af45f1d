// What stands in a chip's flash: boot records, images and certificates are read whole or not at
// all, and a record that was read is written the same again.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "daymark/governor/first_stage.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;            // NOLINT(google-build-using-namespace)
  using namespace daymark::governor;  // NOLINT(google-build-using-namespace)
  const ByteView input(data, size);
  const Digest key{1};
  if (const auto record = read_boot_record(input)) {
    const auto written = write_boot_record(*record, key);
    const auto again = read_boot_record(written);
    const bool same = again && again->step == record->step && again->name == record->name &&
                      again->author == record->author;
    if (!same || !is_sealed(*again, key)) std::abort();
    if (is_sealed(*record, key) && !equal(written, input.first(written.size()))) std::abort();
  }
  constexpr std::size_t sector_size = std::size_t{16} << 10U;
  std::vector<Byte> sector(sector_size, 0xFF);
  copy_bytes(input.first(std::min(size, sector_size)), sector);
  if (const auto image = read_image(sector); image && image->size() > certificate_at(sector_size))
    std::abort();
  std::vector<Byte> page(sector_size, 0xFF);
  copy_bytes(input.first(std::min(size, certificate_room)),
             MutableBytes(page).subspan(certificate_at(sector_size)));
  if (const auto certificate = read_certificate(page);
      certificate && certificate->size() > certificate_size_max)
    std::abort();
  return 0;
}
