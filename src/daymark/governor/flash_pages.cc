#include "daymark/base/frame.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/flash.h"

namespace daymark::governor {

namespace {

constexpr std::string_view maker_mark = "DMK1";
constexpr std::string_view key_mark = "DCK1";
constexpr std::string_view factory_mark = "DFI1";
constexpr std::string_view secret_mark = "DUS1";
constexpr std::size_t mark_size = 4;
constexpr std::size_t sum_size = 4;

void seal_page(std::string_view mark, MutableBytes page) {
  copy_bytes(bytes_of(mark), page);
  const std::size_t covered = page.size() - sum_size;
  put_big_endian(crc32(page.first(covered)), page.subspan(covered).first<sum_size>());
}

Result<ByteView> open_page(std::string_view mark, ByteView sector, std::size_t size) {
  if (sector.size() < size || !equal(sector.first(mark_size), bytes_of(mark))) {
    return fail(errc::gov_storage);
  }
  const std::size_t covered = size - sum_size;
  const auto sum = get_big_endian<std::uint32_t>(sector.subspan(covered).first<sum_size>());
  if (crc32(sector.first(covered)) != sum) return fail(errc::gov_storage);
  return sector.subspan(mark_size, covered - mark_size);
}

/// A page that holds 32 bytes.
ByteArray<digest_page_size> write_digest_page(std::string_view mark, const Digest& content) {
  ByteArray<digest_page_size> out{};
  copy_bytes(content, std::span(out).subspan<mark_size>());
  seal_page(mark, out);
  return out;
}

Result<Digest> read_digest_page(std::string_view mark, ByteView page) {
  DAYMARK_TRY(const ByteView content, open_page(mark, page, digest_page_size));
  return array_of<32>(content);
}

}  // namespace

ByteArray<maker_page_size> write_maker_page(const MakerPage& page) {
  ByteArray<maker_page_size> out{};
  copy_bytes(page.maker.bytes, std::span(out).subspan<mark_size>());
  put_big_endian(page.peak.per_second.value, std::span(out).subspan<mark_size + 32, 8>());
  seal_page(maker_mark, out);
  return out;
}

Result<MakerPage> read_maker_page(ByteView sector) {
  DAYMARK_TRY(const ByteView content, open_page(maker_mark, sector, maker_page_size));
  MakerPage out;
  copy_bytes(content.first(32), out.maker.bytes);
  out.peak.per_second.value = get_big_endian<std::uint64_t>(content.subspan(32).first<8>());
  return out;
}

ByteArray<digest_page_size> write_factory_page(const Digest& image) {
  return write_digest_page(factory_mark, image);
}

Result<Digest> read_factory_page(ByteView sector) {
  return read_digest_page(factory_mark, sector.subspan(factory_page_at));
}

ByteArray<key_page_size> write_key_page(const crypto::SecretKey& key) {
  return write_digest_page(key_mark, key.seed);
}

Result<crypto::SecretKey> read_key_page(ByteView sector) {
  DAYMARK_TRY(const Digest seed, read_digest_page(key_mark, sector));
  return crypto::SecretKey{seed};
}

ByteArray<digest_page_size> write_secret_page(const Digest& secret) {
  return write_digest_page(secret_mark, secret);
}

Result<Digest> read_secret_page(ByteView sector) {
  return read_digest_page(secret_mark, sector.subspan(secret_page_at));
}

}  // namespace daymark::governor
