// What runs before the governor and never changes: it holds the chip's secret, starts no image but
// the maker's or one that a proven `firmware` order approved, and gives each image a key of its own
// (PROTOCOL §6.4; TCG DICE Layering Architecture 1.0). Core; the machine's part, which locks the
// secret away and jumps, is firmware/first_stage_main.cc.
//
//   boot key of an image  = HMAC(secret, "daymark boot v1", digest)       it seals boot records
//   image secret          = HMAC(secret, "daymark image v1", digest)      handed to the image
//   image key             = HMAC(image secret, "daymark image key v1")    Ed25519 seed
//   identity key          = HMAC(secret, "daymark identity v1")           Ed25519 seed
//
// How an image becomes the next one: the running image, which obeys proven orders only, seals a
// record that names the digest; the first stage tries that image, at most three times, until it has
// sealed that it answers. From then on no older one starts. The first link is the maker's.
#pragma once

#include <optional>

#include "daymark/base/random.h"
#include "daymark/governor/boot_record.h"
#include "daymark/governor/flash.h"

namespace daymark::governor {

/// How often an image is tried that has not yet answered.
inline constexpr unsigned trials_max = 3;

// An image's sector: "DIM1" | size (4) | CRC-32 of both (4) | zeros (4) | image …, and near its end
// the certificate: "DCE1" | size (4) | certificate | CRC-32 of all (4).
inline constexpr std::size_t image_head_size = 16;
inline constexpr std::size_t certificate_room = 2048;
inline constexpr std::size_t certificate_size_max = 512;

[[nodiscard]] ByteArray<image_head_size> write_image_head(std::uint32_t size);
/// The image that `sector` says to hold; what it is, only its digest says. Errors:
/// errc::gov_storage.
[[nodiscard]] Result<ByteView> read_image(ByteView sector);

/// Where the certificate stands in a sector of this size, and how much room the image has.
[[nodiscard]] constexpr std::size_t certificate_at(std::size_t sector_size) {
  return sector_size - certificate_room;
}

/// Errors: errc::gov_storage.
[[nodiscard]] Result<ByteView> read_certificate(ByteView sector);

/// What an image gets from the first stage, at a place in memory that both know.
struct Handover {
  std::uint32_t mark = 0;   ///< handover_mark
  std::uint32_t slot = 0;   ///< sector of the running image
  std::uint32_t trial = 0;  ///< 1: the image has not yet sealed that it answers
  std::uint32_t zero = 0;
  std::uint64_t version = 0;
  Digest image{};
  Digest image_secret{};
  Digest boot_key{};
  crypto::SecretKey chip;
};

inline constexpr std::uint32_t handover_mark = 0x444D'4831;  // "DMH1"
static_assert(sizeof(Handover) <= 160, "the room in firmware/image.ld.in");

[[nodiscard]] crypto::SecretKey image_key(const Digest& image_secret);

/// Payload of an image's certificate, signed by the identity key under this purpose:
/// [identity key, digest of the first stage, digest of the image, image key, chip key].
inline constexpr std::string_view image_certificate_purpose = "daymark image certificate v1";

/// Not thread-safe. `flash` and `random` must outlive it.
class FirstStage {
 public:
  /// `own` is the first stage's own digest, `image_space` where an image runs: what is started is
  /// what was measured there.
  FirstStage(Flash& flash, Random& random, const Digest& own, MutableBytes image_space)
      : flash_(flash), random_(random), own_(own), space_(image_space) {}

  FirstStage(const FirstStage&) = delete;
  FirstStage& operator=(const FirstStage&) = delete;
  FirstStage(FirstStage&&) = delete;
  FirstStage& operator=(FirstStage&&) = delete;
  ~FirstStage();

  /// Leaves in `image_space` the image to start, and in `out` what to give it. The caller then
  /// makes key_sector unreachable. Errors: errc::gov_storage where no image may start,
  /// errc::gov_state_lost where the chip had keys and they are gone.
  [[nodiscard]] Result<void> prepare(Handover& out);

 private:
  struct Choice {
    ImageName name;
    bool trial = false;
  };

  [[nodiscard]] Result<void> open_secrets();
  [[nodiscard]] Result<void> draw_secrets();
  [[nodiscard]] Digest derive(std::string_view purpose, ByteView detail) const;
  [[nodiscard]] Digest boot_key_of(const Digest& author) const;
  void replay(std::optional<ImageName>& next, unsigned& tries);
  void take(const BootRecord& record, std::optional<ImageName>& next, unsigned& tries);
  [[nodiscard]] Result<unsigned> load(const Digest& image);
  [[nodiscard]] Result<void> certify(unsigned slot, const Handover& to);
  [[nodiscard]] Result<void> start(const Choice& choice, Handover& out);

  Flash& flash_;
  Random& random_;
  Digest own_;
  MutableBytes space_;
  Digest secret_{};
  crypto::SecretKey chip_;
  ImageName running_;  ///< the newest one that started
};

}  // namespace daymark::governor
