// The error constants of geo.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/geo.def"
#include "daymark/base/declare_errors.inc"
