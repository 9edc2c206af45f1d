// The digest of a device's firmware, as its certificates (DICE FWID) and its reports state it.
#pragma once

#include "daymark/base/bytes.h"

namespace daymark::evidence {

/// SHA-384.
using FirmwareIdentity = ByteArray<48>;

}  // namespace daymark::evidence
