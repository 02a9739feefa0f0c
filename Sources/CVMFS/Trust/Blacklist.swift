import Foundation
import Plumbing
package import SystemPackage

/// Certificates and revisions that are not trusted whatever a whitelist says: the file `blacklist` of stock clients
/// (docs/cvmfs-format.md §2.4, steps 7 and 8).
package struct Blacklist: Sendable, Equatable {
    private let fingerprints: [ContentHash]
    /// Lines `<FQRN N`: revisions of FQRN below N.
    private let revisions: [(fqrn: Substring, minimum: UInt64)]

    /// Nothing is listed.
    package static let empty = Blacklist("")

    /// Reads the lines; one that says nothing is skipped, as stock does.
    package init(_ text: String) {
        var fingerprints: [ContentHash] = []
        var revisions: [(Substring, UInt64)] = []
        for line in text.split(separator: "\n") {
            if line.first == "<" {
                let fields = line.dropFirst().split { $0 == " " || $0 == "\t" }
                if fields.count == 2, let minimum = UInt64(fields[1]) { revisions.append((fields[0], minimum)) }
            } else if let fingerprint = Whitelist.fingerprint(String(line)) {
                fingerprints.append(fingerprint)
            }
        }
        self.fingerprints = fingerprints
        self.revisions = revisions
    }

    /// The file, empty where there is none. Throws ``CVMFSError`` where it cannot be read.
    package init(file: FilePath) throws {
        guard FileManager.default.fileExists(atPath: file.string) else {
            self = .empty
            return
        }
        self.init(String(decoding: try KeyFile.read(file, "blacklist"), as: UTF8.self))
    }

    /// Throws ``CVMFSError`` where the certificate is listed, or the revision is older than what is allowed.
    package func check(_ certificate: Certificate, fqrn: String, revision: UInt64) throws {
        for fingerprint in fingerprints where try certificate.fingerprint(fingerprint.algorithm) == fingerprint {
            throw CVMFSError(.notTrusted, "the certificate \(fingerprint) of \(fqrn) is on the blacklist")
        }
        for (name, minimum) in revisions where name == fqrn && revision < minimum {
            throw CVMFSError(
                .notTrusted,
                "revision \(revision) of \(fqrn) is on the blacklist: revisions below \(minimum) are not trusted"
            )
        }
    }

    /// The same lines.
    package static func == (left: Blacklist, right: Blacklist) -> Bool {
        left.fingerprints == right.fingerprints && left.revisions.elementsEqual(right.revisions, by: ==)
    }
}
