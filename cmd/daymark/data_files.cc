#include "data_files.h"

#include <filesystem>
#include <system_error>

namespace daymark::cli {

std::string data_path(const std::string& name) {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path installed =
      program.parent_path().parent_path() / "share" / "daymark" / name;
  if (!error && std::filesystem::exists(installed, error)) return installed.string();
  return std::string(DAYMARK_DATA_DIR) + "/" + name;
}

}  // namespace daymark::cli
