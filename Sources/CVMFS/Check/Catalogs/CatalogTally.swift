/// What the catalogs of a revision hold together.
struct CatalogTally {
    var catalogs = 0
    var entries: Int64 = 0
}
