// The error constants of witness.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/witness.def"
#include "daymark/base/declare_errors.inc"
