// What takes a database of a former version more than SQL. Host only.
#pragma once

#include "daymark/authority/leaf_archive.h"
#include "daymark/store/sqlite.h"

namespace daymark::authority::on_disk {

/// Leaves stood in the database up to this version.
inline constexpr std::size_t leaves_in_database = 7;

/// Fills what version 7 added: ids of keys; and moves the leaves of accepted batches to `archive`,
/// without which a database that has such leaves is refused. May run again after a crash. Errors:
/// errc::store_*, errc::file_*, those of parse_order.
[[nodiscard]] Outcome<void> move_leaves(store::Database& db, LeafArchive* archive);

}  // namespace daymark::authority::on_disk
