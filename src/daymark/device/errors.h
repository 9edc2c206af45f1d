// The error constants of device.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/device.def"
#include "daymark/base/declare_errors.inc"
