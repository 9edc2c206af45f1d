// The error constants of ranging.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/ranging.def"
#include "daymark/base/declare_errors.inc"
