// Records in SQLite: the embedded default. Host only.
#pragma once

#include <memory>
#include <string>

#include "daymark/authority/leaf_archive.h"
#include "daymark/authority/records.h"

namespace daymark::authority {

/// Opens or makes the database. Leaves that a database of a former version holds go to `archive`;
/// without one such a database is refused (errc::store_schema). Errors: errc::store_*, and where
/// leaves move, those of the archive.
[[nodiscard]] Outcome<std::unique_ptr<Records>> open_sqlite_records(const std::string& path,
                                                                    LeafArchive* archive = nullptr);

}  // namespace daymark::authority
