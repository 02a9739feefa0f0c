/// The grammar of a host written without brackets: DNS names (RFC 1123 §2.1) and IPv4 addresses.
package enum HostName {
    /// The rule that the name breaks, nil for a good one.
    package static func brokenRule(_ name: Substring, allowsUnderscores: Bool) -> String? {
        if name.isEmpty { return "must have a host name" }
        if name.utf8.count > 253 { return "must not be longer than 253 characters" }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        for label in labels {
            if label.isEmpty { return "must not have an empty part between dots" }
            if label.utf8.count > 63 { return "must not have a part longer than 63 characters" }
            let isAllowed = label.utf8.allSatisfy {
                isAlphanumeric($0) || $0 == UInt8(ascii: "-") || (allowsUnderscores && $0 == UInt8(ascii: "_"))
            }
            if !isAllowed {
                return "must consist of letters, digits, \"-\" and \".\""
            }
            if label.hasPrefix("-") || label.hasSuffix("-") {
                return "must not have a part that begins or ends with \"-\""
            }
        }
        // "127.1" and "0x7f000001" are addresses to the C library: what looks like one must be written as one.
        if let last = labels.last, looksLikeNumber(last), IPAddress.v4(name) == nil {
            return "ends in a number, but is not an IPv4 address of four decimal parts"
        }
        return nil
    }

    private static func looksLikeNumber(_ label: Substring) -> Bool {
        if label.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        let lower = label.lowercased()
        return lower.hasPrefix("0x") && lower.dropFirst(2).utf8.allSatisfy { isHexadecimal($0) }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
