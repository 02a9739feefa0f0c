import ArgumentParser
import CVMFS

/// The hash functions that new repositories can have.
enum HashOption: String, CaseIterable, ExpressibleByArgument {
    case sha1
    case shake128

    /// The function.
    var algorithm: HashAlgorithm {
        switch self {
        case .sha1: .sha1
        case .shake128: .shake128
        }
    }
}
