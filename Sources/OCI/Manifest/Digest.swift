package import Plumbing

/// The name of immutable content: a hash algorithm and the hash in lower-case hexadecimal, as `sha256:2aa2…`.
///
/// The grammar is that of the OCI image specification, "Descriptors" § Digests, with its two registered algorithms.
package struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// The registered hash algorithms.
    package enum Algorithm: String, Sendable, CaseIterable {
        case sha256
        case sha512

        /// The function that computes it.
        package var function: DigestAlgorithm {
            switch self {
            case .sha256: .sha256
            case .sha512: .sha512
            }
        }
    }

    /// The hash function.
    package let algorithm: Algorithm
    /// The hash: 64 digits for SHA-256, 128 for SHA-512, lower case.
    package let hex: String

    /// Reads `ALGORITHM:HEX`. Throws ``OCIError/invalidDigest(text:rule:)``.
    package init(parsing text: some StringProtocol) throws {
        func refused(_ rule: String) -> OCIError {
            .invalidDigest(text: Printable.text(String(text), limit: 160), rule: rule)
        }
        guard let colon = text.firstIndex(of: ":") else { throw refused("must have the form ALGORITHM:HEX") }
        guard let algorithm = Algorithm(rawValue: String(text[..<colon])) else {
            throw refused("must begin with sha256: or sha512:")
        }
        let hex = text[text.index(after: colon)...]
        guard Hex.decode(hex)?.count == algorithm.function.byteCount else {
            throw refused(
                "must have \(algorithm.function.byteCount * 2) lower-case hexadecimal digits after \(algorithm):"
            )
        }
        self.algorithm = algorithm
        self.hex = String(hex)
    }

    /// Names a finished hash. Throws when its length is not the algorithm's.
    package init(_ algorithm: Algorithm, hash: [UInt8]) throws {
        try self.init(parsing: "\(algorithm.rawValue):\(Hex.encode(hash))")
    }

    /// The digest of bytes. Throws where libcrypto lacks the algorithm.
    package static func of(_ bytes: [UInt8], _ algorithm: Algorithm) throws -> Digest {
        try Digest(algorithm, hash: MessageDigest.hash(algorithm.function, bytes))
    }

    /// The SHA-256 digest of bytes. Throws where libcrypto lacks the algorithm.
    package static func sha256(of bytes: [UInt8]) throws -> Digest {
        try of(bytes, .sha256)
    }

    /// The text form, `sha256:2aa2…`.
    package var description: String { "\(algorithm.rawValue):\(hex)" }
}
