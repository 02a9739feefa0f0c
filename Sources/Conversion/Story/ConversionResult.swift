package import OCI

/// What became of a desiderata.
package enum ConversionResult: Sendable, Equatable {
    /// Nothing to do: the newest image is published and pushed.
    case upToDate(revision: UInt64)
    /// The image is in the repository since `revision`, and its thin image, where one is wanted, at its registry.
    /// `transactions` of `cvmfs_server` are nil where Wafer itself wrote.
    case converted(
        revision: UInt64,
        thin: Digest?,
        layersNew: Int,
        layersKnown: Int,
        bytesNew: Int64,
        transactions: Int?
    )

    /// The revision that holds the image.
    package var revision: UInt64 {
        switch self {
        case .upToDate(let revision), .converted(let revision, _, _, _, _, _): revision
        }
    }
}
