/// Text from outside made safe to show: a registry's error or a file name must not drive somebody's terminal.
package enum Printable {
    /// The bytes as text; what is not UTF-8, and control characters, as `\xNN`; cut with `…` after `limit` characters.
    package static func text(_ bytes: some Sequence<UInt8>, limit: Int = 512) -> String {
        var text = ""
        var count = 0
        var remaining = ArraySlice(Array(bytes))
        while !remaining.isEmpty {
            if count == limit { return text + "…" }
            count += 1
            var decoder = Unicode.UTF8.ForwardParser()
            var iterator = remaining.makeIterator()
            if case .valid(let encoded) = decoder.parseScalar(from: &iterator) {
                let scalar = Unicode.UTF8.decode(encoded)
                append(scalar, raw: Array(encoded), to: &text)
                remaining = remaining.dropFirst(encoded.count)
            } else {
                text += escape(remaining.removeFirst())
            }
        }
        return text
    }

    /// The text without control characters, cut after `limit` characters.
    package static func text(_ string: String, limit: Int = 512) -> String {
        let utf8 = string.utf8
        // Nearly all there is, in lists of thousands.
        if utf8.allSatisfy({ (0x20...0x7E).contains($0) }), utf8.count <= limit { return string }
        return text(utf8, limit: limit)
    }

    /// Several lines, each made safe to show but for one character; nothing is cut.
    package static func lines(_ string: String, keeping kept: Unicode.Scalar? = nil) -> String {
        var lines = ""
        for scalar in string.unicodeScalars {
            if scalar == "\n" || scalar == kept {
                lines.unicodeScalars.append(scalar)
            } else {
                append(scalar, raw: Array(String(scalar).utf8), to: &lines)
            }
        }
        return lines
    }

    /// Whether a character drives a terminal or is invisible on it.
    ///
    /// Format characters include the bidirectional overrides, which reorder what a person reads.
    package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: true
        default: false
        }
    }

    private static func append(_ scalar: Unicode.Scalar, raw: [UInt8], to text: inout String) {
        if isHidden(scalar) {
            for byte in raw { text += escape(byte) }
        } else {
            text.unicodeScalars.append(scalar)
        }
    }

    private static func escape(_ byte: UInt8) -> String {
        "\\x" + Hex.encode(CollectionOfOne(byte))
    }
}
