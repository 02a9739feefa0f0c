/// What `cvmfs_server`, its mounts or what it left behind refused, on which repository, and what to do next.
package struct StockServerError: Error, Equatable, CustomStringConvertible {
    /// A lower-case sentence.
    package let description: String

    /// Makes an error.
    package init(_ description: String) {
        self.description = description
    }
}
