#include "daymark/governor/boot_record.h"

#include <algorithm>

#include "daymark/base/frame.h"
#include "daymark/governor/errors.h"

namespace daymark::governor {

namespace {

constexpr std::string_view record_mark = "DBR1";
constexpr std::string_view record_purpose = "daymark boot record v1";
constexpr std::size_t step_at = 4;
constexpr std::size_t version_at = 8;
constexpr std::size_t image_at = 16;
constexpr std::size_t author_at = 48;
constexpr std::size_t seal_at = 80;
constexpr std::size_t sum_at = boot_record_size - 4;

/// All that a seal covers.
ByteArray<boot_record_size> unsealed(const BootRecord& record) {
  ByteArray<boot_record_size> out{};
  copy_bytes(bytes_of(record_mark), out);
  put_big_endian(static_cast<std::uint32_t>(record.step), std::span(out).subspan<step_at, 4>());
  put_big_endian(record.name.version, std::span(out).subspan<version_at, 8>());
  copy_bytes(record.name.image, std::span(out).subspan<image_at>());
  copy_bytes(record.author, std::span(out).subspan<author_at>());
  return out;
}

Digest seal_of(const BootRecord& record, const Digest& boot_key) {
  const auto bytes = unsealed(record);
  const std::array<ByteView, 2> parts{bytes_of(record_purpose), ByteView(bytes).first(seal_at)};
  return crypto::hmac_sha256(boot_key, parts);
}

}  // namespace

ByteArray<boot_record_size> write_boot_record(const BootRecord& record, const Digest& boot_key) {
  auto out = unsealed(record);
  copy_bytes(seal_of(record, boot_key), std::span(out).subspan<seal_at>());
  put_big_endian(crc32(ByteView(out).first(sum_at)), std::span(out).subspan<sum_at, 4>());
  return out;
}

Result<BootRecord> read_boot_record(ByteView cell) {
  if (cell.size() < boot_record_size || !equal(cell.first(step_at), bytes_of(record_mark))) {
    return fail(errc::gov_storage);
  }
  const auto sum = get_big_endian<std::uint32_t>(cell.subspan(sum_at).first<4>());
  const auto step = get_big_endian<std::uint32_t>(cell.subspan(step_at).first<4>());
  if (crc32(cell.first(sum_at)) != sum || step == 0 || step > 3) return fail(errc::gov_storage);
  BootRecord out;
  out.step = static_cast<BootStep>(step);
  out.name.version = get_big_endian<std::uint64_t>(cell.subspan(version_at).first<8>());
  out.name.image = array_of<32>(cell.subspan(image_at, 32));
  out.author = array_of<32>(cell.subspan(author_at, 32));
  out.seal = array_of<32>(cell.subspan(seal_at, 32));
  return out;
}

bool is_sealed(const BootRecord& record, const Digest& boot_key) {
  return crypto::equal_secret(seal_of(record, boot_key), record.seal);
}

ByteView BootBook::bytes_of_cell(std::size_t cell) const {
  return flash_.sector(boot_sector).subspan(cell * boot_record_size, boot_record_size);
}

std::size_t BootBook::cells() const {
  return flash_.sector(boot_sector).size() / boot_record_size;
}

bool BootBook::is_blank(std::size_t cell) const {
  return std::ranges::all_of(bytes_of_cell(cell), [](Byte byte) { return byte == 0xFF; });
}

Result<BootRecord> BootBook::read(std::size_t cell) const {
  return read_boot_record(bytes_of_cell(cell));
}

Result<void> BootBook::append(const BootRecord& record, const Digest& boot_key) {
  for (std::size_t cell = 0; cell < cells(); ++cell) {
    if (is_blank(cell)) {
      return flash_.program(boot_sector, cell * boot_record_size,
                            write_boot_record(record, boot_key));
    }
  }
  return fail(errc::gov_storage);
}

}  // namespace daymark::governor
