// The error constants of bundle.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/bundle.def"
#include "daymark/base/declare_errors.inc"
