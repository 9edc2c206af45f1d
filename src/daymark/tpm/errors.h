// The error constants of tpm.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/tpm.def"
#include "daymark/base/declare_errors.inc"
