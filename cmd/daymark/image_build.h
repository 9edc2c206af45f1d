// The chip's image built anew from source, where nothing of this machine can get into it.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/ids.h"

namespace daymark::cli {

struct ImageSource {
  std::string folder = ".";  ///< with script/firmware, firmware/ and src/
  std::string machine = "rv64";
  std::string part = "governor";  ///< or "first_stage"
};

/// The image's bytes, as a chip's flash takes them.
///
/// The sources are copied to a folder of their own, and script/firmware runs there without compiler
/// cache and with an environment of four variables. The same sources, compiler and libsodium give
/// the same bytes wherever and by whomever this is called. libsodium is the folder's own, in
/// build/libsodium, as script/bootstrap fetches it.
/// Errors: errc::file_not_read, errc::file_not_written, errc::agent_image_not_built, with what the
/// compiler said.
[[nodiscard]] Outcome<std::vector<Byte>> build_image(const ImageSource& source);

}  // namespace daymark::cli
