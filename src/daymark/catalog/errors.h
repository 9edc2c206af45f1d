// The error constants of catalog.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/catalog.def"
#include "daymark/base/declare_errors.inc"
