// The error constants of gate.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/gate.def"
#include "daymark/base/declare_errors.inc"
