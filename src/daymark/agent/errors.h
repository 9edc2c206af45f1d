// The error constants of agent.
#pragma once

#include "daymark/base/error.h"

#define DAYMARK_ERRORS_FILE "daymark/base/errors/agent.def"
#include "daymark/base/declare_errors.inc"
