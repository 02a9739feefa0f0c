#pragma once
#include <sqlite3.h>

/* Takes the memory for small allocations, 48 kB of it, from a connection that has not been used yet; see
   https://www.sqlite.org/malloc.html#lookaside. */
static inline int sqlite_without_lookaside(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_LOOKASIDE, (void *)0, 0, 0);
}
