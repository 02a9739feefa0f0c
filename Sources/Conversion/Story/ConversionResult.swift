package import OCI
import State

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

    /// What a plan came to.
    static func converted(_ published: PublishedImage, _ plan: Plan, _ thin: Digest?) -> ConversionResult {
        .converted(
            revision: published.revision,
            thin: thin,
            layersNew: plan.missing.count,
            layersKnown: plan.known.count,
            bytesNew: published.traffic.bytesNew,
            transactions: plan.needsPublication ? published.transactions : nil
        )
    }

    /// The revision that holds the image.
    package var revision: UInt64 {
        switch self {
        case .upToDate(let revision), .converted(let revision, _, _, _, _, _): revision
        }
    }
}
