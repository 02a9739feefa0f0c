import Foundation
import Plumbing

/// The meta info of a repository: free JSON for people (docs/cvmfs-format.md §2.5).
package enum Metainfo {
    /// What stock stores for a new repository. The object must exist, whatever it says.
    package static let empty = Array("{}".utf8)

    /// Far more than people write.
    package static let limit = 1 << 20

    private static let texts = [
        "administrator", "email", "organisation", "description", "url", "recommended-stratum0",
    ]

    /// Throws ``CVMFSError`` unless the bytes are a JSON object whose known members are of their types; others may be
    /// anything.
    package static func validate(_ bytes: [UInt8]) throws {
        guard bytes.count <= limit else {
            throw CVMFSError(.refused, "meta info of \(bytes.count) bytes: at most \(limit) are sensible")
        }
        let value: Any
        do {
            value = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
        } catch {
            throw CVMFSError(.corrupt, "the meta info is no JSON: \(reason(error))")
        }
        guard let object = value as? [String: Any] else {
            throw CVMFSError(.corrupt, "the meta info must be a JSON object, such as {\"administrator\": \"A. Name\"}")
        }
        func require(_ name: String, _ isRight: (Any) -> Bool, _ type: String) throws {
            guard let value = object[name], !isRight(value) else { return }
            throw CVMFSError(.corrupt, "\"\(name)\" in the meta info must be \(type)")
        }
        for name in texts { try require(name, { $0 is String }, "a string") }
        try require("recommended-stratum1s", { $0 is [String] }, "an array of strings")
        try require("custom", { $0 is [String: Any] }, "an object")
    }

    private static func reason(_ error: any Error) -> String {
        Printable.text((error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? error.localizedDescription)
    }
}
