// Where the program finds the data that it ships: borders, catalogue, recordings.
#pragma once

#include <string>

namespace daymark::cli {

/// The path of "borders/countries.txt" and the like: beside an installed program
/// (../share/daymark), else in the source tree it was built from.
[[nodiscard]] std::string data_path(const std::string& name);

}  // namespace daymark::cli
