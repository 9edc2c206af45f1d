// The error constants of governor.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/governor.def"
#include "daymark/base/declare_errors.inc"
