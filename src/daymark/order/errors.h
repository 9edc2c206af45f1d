// The error constants of order.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/order.def"
#include "daymark/base/declare_errors.inc"
