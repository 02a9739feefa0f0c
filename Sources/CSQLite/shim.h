#pragma once
#include <sqlite3.h>

/* Takes the memory for small allocations, 48 kB of it, from a connection that has not been used yet; see
   https://www.sqlite.org/malloc.html#lookaside. */
static inline int sqlite_without_lookaside(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_LOOKASIDE, (void *)0, 0, 0);
}

/* Functions that a schema names run only where they are harmless, as with PRAGMA trusted_schema = OFF; see
   https://www.sqlite.org/c3ref/c_dbconfig_defensive.html. */
static inline int sqlite_distrusting_schema(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
}

/* No count of the memory in use, which takes a lock for each allocation of all threads. Before anything else is asked of
   SQLite; see https://www.sqlite.org/c3ref/c_config_covering_index_scan.html#sqliteconfigmemstatus. */
static inline int sqlite_without_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
