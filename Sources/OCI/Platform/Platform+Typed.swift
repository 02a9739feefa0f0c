import Plumbing

/// Platforms as people type them.
extension Platform {
    /// Reads `OS/ARCHITECTURE[/VARIANT]`, or `ARCHITECTURE[/VARIANT]`, which is one of Linux: as `docker run --platform` does on a
    /// Linux machine (`platforms.Parse` of https://github.com/containerd/platforms, which knows these words).
    ///
    /// Throws ``OCIError/invalidPlatform(text:rule:)``, with an example.
    package init(typed text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, Self.isArchitecture(parts[0]) {
            // Two variants, as in "armhf/v6", are refused as four parts.
            try self.init(typed: "linux/\(text)")
            return
        }
        guard parts.count == 1 else {
            let (architecture, variant) = Self.normalized(parts[1])
            try self.init(
                parsing: ([parts[0], architecture] + (variant.map { [$0] } ?? []) + parts[2...]).joined(separator: "/")
            )
            return
        }
        let (architecture, variant) = Self.normalized(text)
        guard Self.architectures.contains(architecture) else {
            let isSystem = Self.systems.contains(text.lowercased())
            throw OCIError.invalidPlatform(
                text: Printable.text(text, limit: 80),
                rule: isSystem
                    ? "is an operating system alone: name an architecture, too, as linux/amd64"
                    : "must have the form OS/ARCHITECTURE[/VARIANT], as linux/amd64, or be one of Linux's, as arm64 or arm/v7"
            )
        }
        self.init(os: "linux", architecture: architecture, variant: variant)
    }

    /// Whether a word is an architecture and no operating system.
    private static func isArchitecture(_ word: String) -> Bool {
        architectures.contains(normalized(word).architecture) && !systems.contains(word.lowercased())
    }

    /// Other words for an architecture, some of which say its variant.
    private static func normalized(_ architecture: String) -> (architecture: String, variant: String?) {
        switch architecture.lowercased() {
        case "i386": ("386", nil)
        case "x86_64", "x86-64": ("amd64", nil)
        case "aarch64": ("arm64", nil)
        case "armhf": ("arm", "v7")
        case "armel": ("arm", "v6")
        case let other: (other, nil)
        }
    }

    private static let architectures: Set<String> = [
        "386", "amd64", "amd64p32", "arm", "armbe", "arm64", "arm64be", "loong64", "mips", "mipsle", "mips64",
        "mips64le",
        "mips64p32", "mips64p32le", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390", "s390x", "sparc", "sparc64",
        "wasm",
    ]

    private static let systems: Set<String> = [
        "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "macos", "nacl",
        "netbsd",
        "openbsd", "plan9", "solaris", "windows", "zos",
    ]
}
