#include "flash_driver.h"

#include <algorithm>
#include <cstring>

#include "daymark/governor/errors.h"

namespace daymark::firmware {

namespace {

// Commands and status for both chips at once.
constexpr std::uint32_t clear_status = 0x0050'0050;
constexpr std::uint32_t erase_setup = 0x0020'0020;
constexpr std::uint32_t confirm = 0x00D0'00D0;
constexpr std::uint32_t buffer_setup = 0x00E8'00E8;
constexpr std::uint32_t read_array = 0x00FF'00FF;
constexpr std::uint32_t ready = 0x0080'0080;
constexpr std::uint32_t failed = 0x007A'007A;
/// Words of one buffered write: what the chips' tables of parameters allow (CFI, offset 0x2A).
constexpr std::size_t buffer_words = 512;
constexpr std::size_t word_size = 4;

Address address_of(unsigned index) {
  return flash_base + index * flash_sector_size;
}

/// Waits for both chips; from a command on they show their status in place of memory.
std::uint32_t status_when_ready(Address at) {
  std::uint32_t status = 0;
  while ((status & ready) != ready)
    status = word_at(at);
  return status;
}

/// Back to reading memory. What failed in any command since the last time is in the status.
Result<void> return_to_read_array(Address at) {
  const std::uint32_t status = status_when_ready(at);
  if ((status & failed) != 0) word_at(at) = clear_status;
  word_at(at) = read_array;
  order_memory();
  return (status & failed) == 0 ? ok() : fail(errc::gov_storage);
}

std::uint32_t word_of(ByteView bytes) {
  std::uint32_t out = ~std::uint32_t{0};
  std::memcpy(&out, bytes.data(), std::min(bytes.size(), word_size));
  return out;
}

/// At most buffer_words words.
void program_buffer(Address at, ByteView bytes) {
  const std::size_t words = (bytes.size() + word_size - 1) / word_size;
  const auto last = static_cast<std::uint32_t>(words - 1);
  word_at(at) = buffer_setup;
  word_at(at) = last << 16U | last;
  for (std::size_t i = 0; i < words; ++i)
    word_at(at + i * word_size) = word_of(bytes.subspan(i * word_size));
  word_at(at) = confirm;
  static_cast<void>(status_when_ready(at));
}

}  // namespace

ByteView CfiFlash::sector(unsigned index) const {
  return {reinterpret_cast<const Byte*>(address_of(index)), flash_sector_size};
}

Result<void> CfiFlash::erase(unsigned index) {
  const Address at = address_of(index);
  word_at(at) = erase_setup;
  word_at(at) = confirm;
  return return_to_read_array(at);
}

Result<void> CfiFlash::program(unsigned index, std::size_t offset, ByteView bytes) {
  // No command, no status: what is read then is memory.
  if (bytes.empty()) return ok();
  Address at = address_of(index) + offset;
  while (!bytes.empty()) {
    // A buffered write may not cross a boundary of its own size.
    const std::size_t room = buffer_words * word_size - at % (buffer_words * word_size);
    const ByteView piece = bytes.first(std::min(bytes.size(), room));
    program_buffer(at, piece);
    bytes = bytes.subspan(piece.size());
    at += piece.size();
  }
  return return_to_read_array(address_of(index));
}

}  // namespace daymark::firmware
