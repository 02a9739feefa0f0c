/// The header `Content-Range` of a part (RFC 9110 §14.4): `bytes FIRST-LAST/TOTAL`.
package struct ContentRange: Sendable, Equatable {
    /// The first byte's position.
    package let first: Int64
    /// The last byte's position.
    package let last: Int64
    /// The length of the whole, nil for `*`.
    package let total: Int64?

    /// Reads it; nil where it is no range of bytes.
    package init?(_ text: String?) {
        guard let text, text.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst("bytes ".count).split(separator: "/", omittingEmptySubsequences: false)
        let ends = parts.first?.split(separator: "-", omittingEmptySubsequences: false) ?? []
        guard parts.count == 2, ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]),
            first <= last
        else { return nil }
        if parts[1] == "*" {
            total = nil
        } else {
            guard let total = Self.number(parts[1]), last < total else { return nil }
            self.total = total
        }
        self.first = first
        self.last = last
    }

    private static func number(_ text: Substring) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }
}
