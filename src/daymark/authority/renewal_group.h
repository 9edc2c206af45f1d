// Many renewal requests in one body, and the answer to them (docs/formats/api.md). Host only.
//
//   group  = [1*4096 request: bstr]
//   answer = [1*4096 (hash: bstr .size 32 / error: uint)]
#pragma once

#include <span>
#include <vector>

#include "daymark/authority/renewal_desk.h"

namespace daymark::authority {

/// A body of a full group of longest requests.
inline constexpr std::size_t renewal_group_size_max =
    renewal_group_max * (signed_request_max + 3) + 3;

/// Views the requests; what they say is not judged, nor their length. Errors: errc::cbor_*.
[[nodiscard]] Result<std::vector<ByteView>> parse_renewal_group(ByteView body);
[[nodiscard]] std::vector<Byte> print_renewal_group(std::span<const ByteView> requests);

/// Errors of an answer carry the code alone. Errors: errc::cbor_*.
[[nodiscard]] Result<std::vector<RenewalVerdict>> parse_renewal_answer(ByteView body);
[[nodiscard]] std::vector<Byte> print_renewal_answer(std::span<const RenewalVerdict> verdicts);

}  // namespace daymark::authority
