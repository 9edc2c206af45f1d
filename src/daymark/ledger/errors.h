// The error constants of ledger.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/ledger.def"
#include "daymark/base/declare_errors.inc"
