/// This program as records and registries know it.
package enum WaferVersion {
    /// The version that `wafer --version` prints.
    package static let number = "0.1.0"
    /// What records carry.
    package static let name = "\(prefix)\(number)"
    /// What those of every version begin with.
    static let prefix = "wafer "
    /// What web servers see.
    package static let userAgent = "wafer/\(number)"
}
