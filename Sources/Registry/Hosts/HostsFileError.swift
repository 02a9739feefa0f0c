/// What is wrong with a `hosts.yaml`, and where.
package struct HostsFileError: Error, Equatable, CustomStringConvertible {
    /// `FILE:LINE: what is wrong`.
    package let description: String

    init(_ file: String, line: Int?, _ problem: String) {
        description = "\(file)\(line.map { ":\($0)" } ?? ""): \(problem)"
    }
}
