// Evidence of the accelerator itself, as a bundle carries it: the raw report, and its certificates
// as PEM in one form. Host only.
#pragma once

#include <string>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/bundle/format.h"

namespace daymark::bundle {

struct DeviceParts {
  Part report;
  Part chain;
};

/// From a file of evidence about one device, in any form that evidence_file.h reads, with its chain
/// as PEM unless the file brings its own.
/// Errors: errc::bundle_evidence for several devices; those of parse_evidence_file and
/// parse_pem_certificates.
[[nodiscard]] Outcome<DeviceParts> make_device_parts(ByteView file, const std::string& chain);

/// That the report is genuine, judged at `as_of`, and both parts have the one form.
/// Errors: errc::bundle_evidence, errc::bundle_unbound.
[[nodiscard]] Outcome<void> judge_device(const Part& report, const Part& chain, UnixMillis as_of);

}  // namespace daymark::bundle
