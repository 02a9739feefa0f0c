package import Plumbing

/// The extended attributes of an entry and their encoding in catalogs (docs/cvmfs-format.md §3.9).
package struct ExtendedAttributes: Sendable, Equatable {
    /// Name and value, as bytes, sorted by name.
    package let attributes: [ExtendedAttribute]

    /// What is written: the length fields have eight bits, and so has the count.
    ///
    /// CVMFS 2.14 writes a second form, with values of up to 65,535 bytes. An older client that meets it shows none of the
    /// entry's attributes, file capabilities and the marks of opaque directories among them: it is only read here.
    package static let limit = 255

    /// Throws ``CVMFSError`` where an attribute does not fit the encoding; stock drops those silently.
    package init(_ attributes: [ExtendedAttribute]) throws {
        guard attributes.count <= Self.limit else {
            throw CVMFSError(
                .unrepresentable,
                "\(attributes.count) extended attributes: the format holds \(Self.limit)"
            )
        }
        for attribute in attributes {
            let (name, value) = (attribute.name, attribute.value)
            guard (1...Self.limit).contains(name.count), !name.contains(0), value.count <= Self.limit else {
                throw CVMFSError(
                    .unrepresentable,
                    "extended attribute \(Printable.text(name)) of \(value.count) bytes: the format holds names of 1 "
                        + "to \(Self.limit) bytes and values of up to \(Self.limit)"
                )
            }
        }
        self.attributes = attributes.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// Reads a blob; nil where its lengths do not add up.
    package init?(blob: [UInt8]) {
        guard blob.count >= 2, let lengthBytes = Self.lengthBytes(version: blob[0]) else { return nil }
        var attributes: [ExtendedAttribute] = []
        var rest = blob[2...]
        for _ in 0..<blob[1] {
            guard rest.count >= 1 + lengthBytes else { return nil }
            let nameLength = Int(rest[rest.startIndex])
            // Little-endian.
            let valueLength = rest.dropFirst().prefix(lengthBytes).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(1 + lengthBytes)
            guard rest.count >= nameLength + valueLength, nameLength > 0 else { return nil }
            let name = Array(rest.prefix(nameLength))
            guard !name.contains(0) else { return nil }
            let value = Array(rest.dropFirst(nameLength).prefix(valueLength))
            attributes.append(ExtendedAttribute(name: name, value: value))
            rest = rest.dropFirst(nameLength + valueLength)
        }
        guard rest.isEmpty else { return nil }
        self.attributes = attributes
    }

    /// The bytes of a value's length; nil for a form that is not known.
    private static func lengthBytes(version: UInt8) -> Int? {
        switch version {
        case 1: 1
        case 2: 2
        default: nil
        }
    }

    /// The encoding; nil for no attributes, since a row has attributes as soon as the column is not NULL.
    package var blob: [UInt8]? {
        if attributes.isEmpty { return nil }
        var blob: [UInt8] = [1, UInt8(attributes.count)]
        for attribute in attributes {
            blob += [UInt8(attribute.name.count), UInt8(attribute.value.count)]
            blob += attribute.name
            blob += attribute.value
        }
        return blob
    }
}
