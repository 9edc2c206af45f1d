// The error constants of authority.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/authority.def"
#include "daymark/base/declare_errors.inc"
