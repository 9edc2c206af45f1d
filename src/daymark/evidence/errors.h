// The error constants of evidence.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/evidence.def"
#include "daymark/base/declare_errors.inc"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/evidence_tpm.def"
#include "daymark/base/declare_errors.inc"
