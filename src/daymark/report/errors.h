// The error constants of report.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/report.def"
#include "daymark/base/declare_errors.inc"
