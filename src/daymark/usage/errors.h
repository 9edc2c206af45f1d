// The error constants of usage.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/usage.def"
#include "daymark/base/declare_errors.inc"
