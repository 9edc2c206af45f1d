// The boot sector: which images a chip was told to start, tried to start and saw start. Core.
//
//   sector = record…
//   record = "DBR1" | step (4) | version (8) | image (32) | author (32) | seal (32) | zeros (12)
//            | CRC-32 of all before (4)
//
// A record's seal is an HMAC under its author's boot key, which the first stage derives from the
// chip's secret and the author's digest: an image can write records in its own name and in no
// other one. Records are only ever added, so that the newest version that started never falls.
#pragma once

#include <cstdint>

#include "daymark/governor/flash.h"

namespace daymark::governor {

enum class BootStep : std::uint32_t {
  approved = 1,  ///< by the running image, once a `firmware` order has bound
  tried = 2,     ///< by the first stage, before it starts an image that has not yet started
  started = 3,   ///< by that image, once it has answered
};

struct ImageName {
  std::uint64_t version = 0;  ///< of the order; 0 for the maker's image
  Digest image{};
  friend constexpr bool operator==(const ImageName&, const ImageName&) = default;
};

struct BootRecord {
  BootStep step = BootStep::approved;
  ImageName name;
  Digest author{};  ///< digest of the image that wrote it; zeros for the first stage
  Digest seal{};
};

inline constexpr std::size_t boot_record_size = 132;

/// Seals the record with its author's boot key.
[[nodiscard]] ByteArray<boot_record_size> write_boot_record(const BootRecord& record,
                                                            const Digest& boot_key);

/// Reads a record's form. Errors: errc::gov_storage.
[[nodiscard]] Result<BootRecord> read_boot_record(ByteView cell);

/// Whether the holder of `boot_key` wrote it.
[[nodiscard]] bool is_sealed(const BootRecord& record, const Digest& boot_key);

/// Cells of the boot sector, from the oldest on. Not thread-safe.
class BootBook {
 public:
  explicit BootBook(Flash& flash) : flash_(flash) {}

  /// How many cells a sector has; those that were never written are blank.
  [[nodiscard]] std::size_t cells() const;
  [[nodiscard]] bool is_blank(std::size_t cell) const;
  /// Errors: errc::gov_storage for what a loss of power left.
  [[nodiscard]] Result<BootRecord> read(std::size_t cell) const;
  /// Errors: errc::gov_storage, also where the sector is full.
  [[nodiscard]] Result<void> append(const BootRecord& record, const Digest& boot_key);

 private:
  [[nodiscard]] ByteView bytes_of_cell(std::size_t cell) const;

  Flash& flash_;
};

}  // namespace daymark::governor
