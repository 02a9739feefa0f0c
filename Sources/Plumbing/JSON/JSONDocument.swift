import Foundation

/// Writing JSON documents.
package enum JSONDocument {
    /// Equal values give equal bytes: members in the order of their names, slashes as they are; no blanks, or a line for each
    /// member.
    package static func encode(_ value: some Encodable, pretty: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return [UInt8](try encoder.encode(value))
    }
}
