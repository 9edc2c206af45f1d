// Records in SQLite: the embedded default. Host only.
#pragma once

#include <memory>
#include <string>

#include "daymark/authority/records.h"

namespace daymark::authority {

/// Opens or makes the database. Errors: errc::store_*.
[[nodiscard]] Outcome<std::unique_ptr<Records>> open_sqlite_records(const std::string& path);

}  // namespace daymark::authority
