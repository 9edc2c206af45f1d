// The error constants of audit.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/audit.def"
#include "daymark/base/declare_errors.inc"
