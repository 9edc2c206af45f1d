// The error constants of monitor.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/monitor.def"
#include "daymark/base/declare_errors.inc"
