/// A version as https://semver.org/spec/v2.0.0.html has it, `MAJOR.MINOR.PATCH[-PRERELEASE][+BUILD]`, with or without a `v`
/// in front, as tags have one.
package struct SemanticVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
    /// The version as it was written.
    package let description: String
    /// Major, minor and patch: three numbers of any length.
    let core: [Numeral]
    /// The identifiers of the pre-release; none for a release.
    let prerelease: [Identifier]

    /// A number without leading zeros, of any length.
    struct Numeral: Sendable, Equatable, Comparable {
        let digits: String

        init?(_ text: some StringProtocol) {
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                text.utf8.first != UInt8(ascii: "0") || text.utf8.count == 1
            else { return nil }
            digits = String(text)
        }

        static let zero = Numeral(digits: "0")

        private init(digits: String) { self.digits = digits }

        static func < (left: Numeral, right: Numeral) -> Bool {
            (left.digits.utf8.count, left.digits) < (right.digits.utf8.count, right.digits)
        }

        /// The next number.
        var next: Numeral {
            var bytes = Array(digits.utf8)
            for place in bytes.indices.reversed() {
                if bytes[place] < UInt8(ascii: "9") {
                    bytes[place] += 1
                    return Numeral(digits: String(decoding: bytes, as: UTF8.self))
                }
                bytes[place] = UInt8(ascii: "0")
            }
            return Numeral(digits: "1" + String(decoding: bytes, as: UTF8.self))
        }
    }

    /// A part of a pre-release.
    enum Identifier: Sendable, Equatable, Comparable {
        case number(Numeral)
        case text(String)

        init?(_ text: some StringProtocol) {
            let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            if isNumber {
                // Without leading zeros, says the specification.
                guard let number = Numeral(text) else { return nil }
                self = .number(number)
            } else {
                guard SemanticVersion.isIdentifier(text) else { return nil }
                self = .text(String(text))
            }
        }

        static func < (left: Identifier, right: Identifier) -> Bool {
            switch (left, right) {
            case (.number(let left), .number(let right)): left < right
            // Numbers come before texts, which are in ASCII order.
            case (.number, .text): true
            case (.text, .number): false
            case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
            }
        }
    }

    /// Reads a version; nil for what is none.
    package init?(_ text: String) {
        var rest = text.hasPrefix("v") ? text.dropFirst() : text[...]
        if let plus = rest.firstIndex(of: "+") {
            let build = rest[rest.index(after: plus)...].split(separator: ".", omittingEmptySubsequences: false)
            guard build.allSatisfy(Self.isIdentifier) else { return nil }
            rest = rest[..<plus]
        }
        var prerelease: [Identifier] = []
        if let hyphen = rest.firstIndex(of: "-") {
            for part in rest[rest.index(after: hyphen)...].split(separator: ".", omittingEmptySubsequences: false) {
                guard let identifier = Identifier(part) else { return nil }
                prerelease.append(identifier)
            }
            rest = rest[..<hyphen]
        }
        let core = rest.split(separator: ".", omittingEmptySubsequences: false).compactMap { Numeral($0) }
        guard core.count == 3, rest.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2 else { return nil }
        self.init(core, prerelease, text)
    }

    init(_ core: [Numeral], _ prerelease: [Identifier] = [], _ text: String = "") {
        self.core = core
        self.prerelease = prerelease
        description = text
    }

    private static func isIdentifier(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    /// Whether both have the same precedence: build metadata and the `v` do not count.
    package static func == (left: SemanticVersion, right: SemanticVersion) -> Bool {
        left.core == right.core && left.prerelease == right.prerelease
    }

    /// Precedence (semver.org, 11).
    package static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        if left.core != right.core { return left.core.lexicographicallyPrecedes(right.core) }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        return left.prerelease.lexicographicallyPrecedes(right.prerelease)
    }
}
