// The error constants of base: `errc::hex_malformed` and so on. Each module has such a header.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/base.def"
#include "daymark/base/declare_errors.inc"
