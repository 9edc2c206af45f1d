// The error constants of net.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/net.def"
#include "daymark/base/declare_errors.inc"
