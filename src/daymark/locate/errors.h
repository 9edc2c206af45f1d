// The error constants of locate.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/locate.def"
#include "daymark/base/declare_errors.inc"
