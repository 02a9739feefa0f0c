import OCI
import Plumbing

/// A tree of OSG's program: `.images/AB/REST`, and an absolute link that is its name
/// (https://github.com/opensciencegrid/cvmfs-singularity-sync).
enum OSGTree {
    /// Where the trees lie.
    static let trees = RepositoryLayout.path([".images"])

    /// The digits that name the tree of an image: of the digests of its layers, one after another.
    static func hash(of manifest: Manifest) throws -> String {
        try Digest.sha256(of: manifest.layers.flatMap { Array($0.digest.hex.utf8) }).hex
    }

    /// The digits that a link names; nil for one that leads elsewhere.
    static func hash(ofTarget target: [UInt8]) -> String? {
        let parts = target.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
        guard let place = parts.firstIndex(of: ".images"), parts.count == place + 3 else { return nil }
        // By its mount, as the program writes it, or relative.
        let before = parts[..<place]
        let isHere = before.count == 2 && before.first == "cvmfs" || before.allSatisfy { $0 == ".." }
        let digits = parts[place + 1] + parts[place + 2]
        guard isHere, (try? Digest(parsing: "sha256:\(digits)")) != nil else { return nil }
        return digits
    }

    /// The tree of these digits.
    static func path(_ hash: String) -> BytePath {
        trees.appending(RepositoryLayout.path([String(hash.prefix(2)), String(hash.dropFirst(2))]))
    }
}
