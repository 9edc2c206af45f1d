// The error constants of cbor.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/cbor.def"
#include "daymark/base/declare_errors.inc"
