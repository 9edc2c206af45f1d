// The error constants of tlog.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/tlog.def"
#include "daymark/base/declare_errors.inc"
