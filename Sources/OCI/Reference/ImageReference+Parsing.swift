import Plumbing

/// Reading a reference.
extension ImageReference {
    /// The longest `REGISTRY/REPOSITORY` that clients of the distribution specification accept.
    static let maximumNameLength = 255

    /// Reads `[SCHEME://][REGISTRY/]REPOSITORY[:TAG][@DIGEST]`.
    ///
    /// No scheme means https. The first part is a registry when a scheme stands before it, or when it contains "." or ":",
    /// begins with "[" or is `localhost`, as with Docker; no registry means Docker Hub. Throws
    /// ``OCIError/invalidReference(part:text:rule:)`` with the part and the rule.
    package init(parsing text: String) throws {
        try Self.checkCharacters(text)
        // The digest first: what stands after "@" may be a host after a password, and no error may show that password.
        let (name, digest) = try Self.splitDigest(text)
        let (scheme, rest) = try Self.splitScheme(name)
        let (typedRegistry, path) = try Self.splitRegistry(rest, afterScheme: scheme != nil)
        let (typedRepository, tag) = try Self.splitTag(path)

        let host = try RegistryHost(parsing: typedRegistry ?? Substring(RegistryHost.dockerHubLayoutName))
        var repository = String(typedRepository)
        if let rule = ReferenceGrammar.ruleBroken(byRepository: repository) {
            throw Self.refused(.repository, repository, rule)
        }
        if host.isDockerHub(scheme ?? .https), !repository.contains("/") {
            repository = "library/" + repository
        }
        guard host.typed.utf8.count + 1 + repository.utf8.count <= Self.maximumNameLength else {
            throw Self.refused(
                .repository,
                repository,
                "must not be longer than \(Self.maximumNameLength) characters together with its registry"
            )
        }
        if let tag, let rule = ReferenceGrammar.ruleBroken(byTag: tag) { throw Self.refused(.tag, String(tag), rule) }

        self.init(
            typed: text,
            scheme: scheme ?? .https,
            host: host,
            repository: repository,
            tag: tag.map(String.init) ?? (digest == nil ? "latest" : nil),
            digest: digest
        )
    }

    private static func checkCharacters(_ text: String) throws {
        guard !text.isEmpty else { throw refused(.reference, nil, "must not be empty") }
        for byte in text.utf8 {
            switch byte {
            case 0...0x1F, 0x7F:
                throw refused(.reference, nil, "must not contain control characters (byte 0x\(Hex.encode([byte])))")
            case 0x80...0xFF:
                throw refused(.reference, nil, "must consist of ASCII characters (byte 0x\(Hex.encode([byte])))")
            case UInt8(ascii: " "): throw refused(.reference, nil, "must not contain blanks")
            case UInt8(ascii: "?"): throw refused(.reference, nil, "must not have a query (\"?\")")
            case UInt8(ascii: "#"): throw refused(.reference, nil, "must not have a fragment (\"#\")")
            default: continue
            }
        }
    }

    private static func splitDigest(_ text: String) throws -> (name: Substring, digest: Digest?) {
        guard let at = text.lastIndex(of: "@") else { return (text[...], nil) }
        let after = text[text.index(after: at)...]
        // "user:password@host/name": a digest holds no "/".
        if after.contains("/") { throw refused(.reference, nil, RegistryHost.userRule) }
        let name = text[..<at]
        if name.contains("@") { throw refused(.reference, nil, "must not have two \"@\"") }
        do {
            return (name, try Digest(parsing: after))
        } catch OCIError.invalidDigest(_, let rule) {
            // "user:password@host" ends here too, and the password may hold an "@": show no text.
            throw refused(.digest, nil, "after \"@\" \(rule)")
        }
    }

    private static func splitScheme(_ text: Substring) throws -> (Scheme?, Substring) {
        guard let mark = text.firstRange(of: "://") else { return (nil, text) }
        guard let scheme = Scheme(rawValue: text[..<mark.lowerBound].lowercased()) else {
            throw refused(.scheme, String(text[..<mark.lowerBound]), "must be https or http")
        }
        return (scheme, text[mark.upperBound...])
    }

    private static func splitRegistry(_ text: Substring, afterScheme: Bool) throws -> (Substring?, Substring) {
        guard let slash = text.firstIndex(of: "/") else {
            guard afterScheme else { return (nil, text) }
            throw refused(.repository, nil, "must not be empty: \"/\" and a repository must follow the registry")
        }
        let first = text[..<slash]
        let isRegistry =
            afterScheme || first.isEmpty || first.contains(".") || first.contains(":") || first.hasPrefix("[")
            || first == "localhost"
        return isRegistry ? (first, text[text.index(after: slash)...]) : (nil, text)
    }

    private static func splitTag(_ path: Substring) throws -> (Substring, Substring?) {
        let lastPart = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let colon = path[lastPart...].firstIndex(of: ":") else { return (path, nil) }
        return (path[..<colon], path[path.index(after: colon)...])
    }

    private static func refused(_ part: ReferencePart, _ text: String?, _ rule: String) -> OCIError {
        .invalidReference(part: part, text: text.map { Printable.text($0, limit: 280) }, rule: rule)
    }
}
