import Foundation

/// Writing JSON documents.
package enum JSONDocument {
    /// Equal values give equal bytes: members in the order of their names, no blanks, slashes as they are.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value))
    }
}
