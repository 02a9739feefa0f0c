/// One extended attribute of a file: name and value are bytes.
package struct ExtendedAttribute: Sendable, Hashable {
    /// The whole name with its namespace, as in `security.capability`.
    package let name: [UInt8]
    /// The value; it may be empty.
    package let value: [UInt8]

    /// Pairs a name with a value.
    package init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}
