/// Bytes written in a test as text or as numbers: `"etc/hosts"` or `[0xff, 0x41]`.
package struct RawBytes: ExpressibleByStringInterpolation, ExpressibleByArrayLiteral {
    /// The bytes.
    package var bytes: [UInt8]

    /// These bytes.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The UTF-8 bytes of a text.
    package init(stringLiteral text: String) {
        bytes = Array(text.utf8)
    }

    /// These bytes.
    package init(arrayLiteral bytes: UInt8...) {
        self.bytes = bytes
    }
}
