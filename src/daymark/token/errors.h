// The error constants of token.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/token.def"
#include "daymark/base/declare_errors.inc"
