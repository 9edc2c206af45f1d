#include "daymark/tpm/sealed_file.h"

#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/tpm/errors.h"

namespace daymark::tpm {

namespace {

constexpr std::uint64_t sealed_version = 1;
constexpr std::size_t part_max = 512;

Result<SealedFile> read_sealed(cbor::Reader& in) {
  SealedFile out;
  DAYMARK_CHECK(in.enter_array_of(5));
  DAYMARK_TRY(const std::uint64_t version, in.read_unsigned());
  if (version != sealed_version) return fail(errc::tpm_sealed_malformed);
  DAYMARK_TRY(const std::uint64_t pcrs, in.read_unsigned_up_to(0xFFFFFF));
  DAYMARK_TRY(const ByteView shown, in.read_bytes(1, part_max));
  DAYMARK_TRY(const ByteView hidden, in.read_bytes(1, part_max));
  DAYMARK_TRY(const std::uint64_t index, in.read_unsigned_up_to(UINT32_MAX));
  DAYMARK_CHECK(in.expect_end());
  out.key.pcrs = static_cast<evidence::PcrMask>(pcrs);
  out.key.public_area.assign(shown.begin(), shown.end());
  out.key.private_area.assign(hidden.begin(), hidden.end());
  out.index = static_cast<std::uint32_t>(index);
  return out;
}

}  // namespace

std::vector<Byte> print_sealed_file(const SealedFile& file) {
  return cbor::encode([&](cbor::Writer& out) {
    out.open_array(5);
    out.put_unsigned(sealed_version);
    out.put_unsigned(file.key.pcrs);
    out.put_bytes(file.key.public_area);
    out.put_bytes(file.key.private_area);
    out.put_unsigned(file.index);
  });
}

Result<SealedFile> parse_sealed_file(ByteView encoded) {
  cbor::Reader in(encoded);
  auto out = read_sealed(in);
  return out ? std::move(out) : fail(errc::tpm_sealed_malformed, no_field, in.offset());
}

ByteArray<40> join_secrets(const SealedSecrets& secrets) {
  ByteArray<40> out{};
  copy_bytes(secrets.chip.seed, out);
  put_big_endian(secrets.base, std::span(out).last<8>());
  return out;
}

Result<SealedSecrets> split_secrets(ByteView bytes) {
  if (bytes.size() != 40) return fail(errc::tpm_sealed_malformed);
  return SealedSecrets{{array_of<32>(bytes.first(32))},
                       get_big_endian<std::uint64_t>(bytes.last<8>())};
}

CounterKey counter_key(std::uint32_t index, const crypto::SecretKey& chip) {
  return {index, crypto::tagged_hash("daymark tpm counter v1", chip.seed)};
}

}  // namespace daymark::tpm
