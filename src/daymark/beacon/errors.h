// The error constants of beacon.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/beacon.def"
#include "daymark/base/declare_errors.inc"
