// The error constants of crypto.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/crypto.def"
#include "daymark/base/declare_errors.inc"
