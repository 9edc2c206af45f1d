// NOR flash as a chip sees it, and where the governor's parts lie in it. Core.
#pragma once

#include <cstdint>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/crypto/ports.h"
#include "daymark/ledger/record.h"

namespace daymark::governor {

/// Sectors that read like memory. Erasing sets all bits of one; programming clears bits, in order
/// of addresses; a loss of power during either leaves any part of it done. All errors are
/// errc::gov_storage.
class Flash {
 public:
  /// One whole sector; the same view for ever.
  [[nodiscard]] virtual ByteView sector(unsigned index) const = 0;
  [[nodiscard]] virtual Result<void> erase(unsigned index) = 0;
  /// `offset` is a multiple of 4; a last word that isn't full is filled up with set bits. `bytes`
  /// lie in memory: the flash can't be read while it is programmed.
  [[nodiscard]] virtual Result<void> program(unsigned index, std::size_t offset,
                                             ByteView bytes) = 0;

 protected:
  ~Flash() = default;  // never deleted through the interface: the chip has no operator delete
};

// The map of the flash, in sectors.
inline constexpr unsigned maker_sector = 0;    ///< written by the maker, read only afterwards
inline constexpr unsigned key_sector = 1;      ///< the first stage's secret and the chip's key
inline constexpr unsigned counter_sector = 2;  ///< and the next one
inline constexpr unsigned slot_sector = 4;     ///< and the next one
inline constexpr unsigned inbox_sector = 6;    ///< a request that memory does not hold
inline constexpr unsigned image_sector = 7;    ///< an image (first_stage.h), and the next one
inline constexpr unsigned image_slots = 2;
inline constexpr unsigned boot_sector = 9;  ///< which image starts (boot_record.h)
inline constexpr unsigned flash_sectors = 10;

/// What the maker puts into a chip.
struct MakerPage {
  crypto::PublicKey maker;  ///< whose vouchers count for enrolment
  ledger::Peak peak;
};

inline constexpr std::size_t maker_page_size = 4 + 32 + 8 + 4;

/// "DMK1", key, peak, CRC-32.
[[nodiscard]] ByteArray<maker_page_size> write_maker_page(const MakerPage& page);
/// From the front of `sector`. Errors: errc::gov_storage.
[[nodiscard]] Result<MakerPage> read_maker_page(ByteView sector);

/// "DFI1", digest of the image that the maker put in, CRC-32; behind the maker's page. Until an
/// order approves another one, no image but this starts.
inline constexpr std::size_t factory_page_at = 256;
inline constexpr std::size_t digest_page_size = 4 + 32 + 4;
[[nodiscard]] ByteArray<digest_page_size> write_factory_page(const Digest& image);
/// From `sector`. Errors: errc::gov_storage.
[[nodiscard]] Result<Digest> read_factory_page(ByteView sector);

/// The chip's key, written once: "DCK1", seed, CRC-32 of both. Anybody who can read the flash holds
/// it: a chip needs fuses in its place.
inline constexpr std::size_t key_page_size = digest_page_size;
[[nodiscard]] ByteArray<key_page_size> write_key_page(const crypto::SecretKey& key);
[[nodiscard]] Result<crypto::SecretKey> read_key_page(ByteView sector);

/// The first stage's secret, in the same sector and by the same rule: "DUS1", secret, CRC-32.
inline constexpr std::size_t secret_page_at = 256;
[[nodiscard]] ByteArray<digest_page_size> write_secret_page(const Digest& secret);
[[nodiscard]] Result<Digest> read_secret_page(ByteView sector);

}  // namespace daymark::governor
