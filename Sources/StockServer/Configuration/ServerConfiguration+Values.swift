import CVMFS
import Plumbing
import SystemPackage

extension ServerConfiguration {
    /// The values of a `server.conf`, an empty one counting as none.
    struct Values {
        let values: [String: String]
        let file: FilePath

        subscript(key: String) -> String? {
            values[key].flatMap { $0.isEmpty ? nil : $0 }
        }

        func required(_ key: String) throws -> String {
            guard let value = self[key] else { throw CVMFSError(.refused, "\(file) does not set \(key)") }
            return value
        }

        func path(_ key: String, default path: FilePath) throws -> FilePath {
            guard let value = self[key] else { return path }
            guard value.hasPrefix("/") else { throw refusal(key, "an absolute path is expected") }
            return FilePath(value).lexicallyNormalized()
        }

        func path(_ key: String, default path: String) throws -> FilePath {
            try self.path(key, default: FilePath(path))
        }

        /// Stock's shell code knows `true`, its binaries also `yes`, `on` and `1`.
        func flag(_ key: String) throws -> Bool? {
            guard let value = self[key] else { return nil }
            switch value.lowercased() {
            case "true", "yes", "on", "1": return true
            case "false", "no", "off", "0": return false
            default: throw refusal(key, "true or false is expected")
            }
        }

        func number(_ key: String) throws -> Int? {
            guard let value = self[key] else { return nil }
            guard let number = Int(value), number >= 0, number <= Int(Int32.max) else {
                throw refusal(key, "a number is expected")
            }
            return number
        }

        func refusal(_ key: String, _ reason: String) -> CVMFSError {
            CVMFSError(.refused, "\(key) is \"\(Printable.text(values[key] ?? ""))\" in \(file): \(reason)")
        }
    }
}
