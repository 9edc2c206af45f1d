// The error constants of store.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/store.def"
#include "daymark/base/declare_errors.inc"
