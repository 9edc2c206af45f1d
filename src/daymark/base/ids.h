// Identifiers as types of their own. Core.
#pragma once

#include <compare>

#include "daymark/base/bytes.h"

namespace daymark {

/// An identifier of N bytes; `Tag` keeps kinds apart.
template <class Tag, std::size_t N>
struct Id {
  static constexpr std::size_t size = N;
  ByteArray<N> bytes{};

  friend constexpr auto operator<=>(const Id&, const Id&) = default;

  [[nodiscard]] ByteView view() const { return bytes; }
};

/// A chip: the first 16 bytes of SHA-256("daymark chip v1" || Ed25519 public key of the chip).
using ChipId = Id<struct ChipIdTag, 16>;
/// A fleet: 16 random bytes chosen with the first charter; an amended charter keeps them.
using FleetId = Id<struct FleetIdTag, 16>;
/// One run of a governor, drawn at start.
using BootId = Id<struct BootIdTag, 16>;
/// One job of the operator's scheduler.
using JobId = Id<struct JobIdTag, 16>;
/// Names a key inside signatures: the first 8 bytes of SHA-256(public key).
using KeyId = Id<struct KeyIdTag, 8>;

}  // namespace daymark
