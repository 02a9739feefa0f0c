import Plumbing

/// What an image runs on: `OS/ARCHITECTURE[/VARIANT]` in Go's words, as `linux/amd64` or `linux/arm/v7`.
package struct Platform: Hashable, Sendable, CustomStringConvertible {
    /// `linux`, `windows` …
    package let os: String
    /// `amd64`, `arm64` …
    package let architecture: String
    /// `v7` …, nil where the architecture has one form, or its usual one is meant.
    package let variant: String?

    /// The platform where none is named.
    package static let linuxAMD64 = Platform(os: "linux", architecture: "amd64")

    /// Takes the parts of a document. `aarch64` and `x86_64` become `arm64` and `amd64`.
    package init(os: String, architecture: String, variant: String? = nil) {
        self.os = os.lowercased()
        switch architecture.lowercased() {
        case "x86_64", "x86-64": self.architecture = "amd64"
        case "aarch64": self.architecture = "arm64"
        case let other: self.architecture = other
        }
        self.variant = variant.flatMap { $0.isEmpty ? nil : $0.lowercased() }
    }

    /// Reads `OS/ARCHITECTURE[/VARIANT]`. Throws ``OCIError/invalidPlatform(text:rule:)``.
    package init(parsing text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        func refused(_ rule: String) -> OCIError { .invalidPlatform(text: Printable.text(text, limit: 80), rule: rule) }
        guard parts.count == 2 || parts.count == 3 else {
            throw refused("must have the form OS/ARCHITECTURE[/VARIANT], as linux/amd64")
        }
        for part in parts {
            guard !part.isEmpty, part.utf8.allSatisfy(Self.isAllowed) else {
                throw refused("must have parts of letters, digits, \"_\", \".\" and \"-\"")
            }
        }
        self.init(
            os: String(parts[0]),
            architecture: String(parts[1]),
            variant: parts.count == 3 ? String(parts[2]) : nil
        )
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// `OS/ARCHITECTURE[/VARIANT]`.
    package var description: String { [os, architecture, variant].compactMap(\.self).joined(separator: "/") }

    /// Whether it is the placeholder under which builders attach things that are not images.
    package var isUnknown: Bool { os == "unknown" && architecture == "unknown" }

    /// How well an offered platform serves this wanted one: 0 is exact, more is worse, nil is not at all.
    ///
    /// A missing variant means the architecture's usual one: v8 for arm64, v7 for arm, v1 for amd64. Numbered variants can run
    /// what is made for lower ones, so that v7 takes v6 or v5 where there is no v7. Nothing crosses architectures: an arm64
    /// machine may be able to run arm, but who asks for arm64 means it.
    package func rank(of offer: Platform) -> Int? {
        guard os == offer.os, architecture == offer.architecture else { return nil }
        let (own, other) = (effectiveVariant, offer.effectiveVariant)
        if own == other { return 0 }
        guard let own = Self.level(own), let other = Self.level(other), other < own else { return nil }
        return own - other
    }

    /// The variant that a missing one stands for.
    private var effectiveVariant: String? {
        switch (architecture, variant) {
        case ("arm64", nil): "v8"
        case ("arm", nil): "v7"
        case ("amd64", nil): "v1"
        case (_, let variant): variant
        }
    }

    /// 7 of `v7`.
    private static func level(_ variant: String?) -> Int? {
        guard let variant, variant.first == "v", variant.utf8.count <= 3 else { return nil }
        return Int(variant.dropFirst())
    }
}
