/// The grammar of repositories and tags (OCI distribution specification, "Pulling manifests").
enum ReferenceGrammar {
    /// The rule that a repository breaks, nil for a good one:
    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*`.
    static func ruleBroken(byRepository repository: String) -> String? {
        if repository.isEmpty { return "must not be empty" }
        for part in repository.split(separator: "/", omittingEmptySubsequences: false) {
            if let rule = ruleBroken(byPart: part) { return rule }
        }
        return nil
    }

    /// The rule that a tag breaks, nil for a good one: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
    static func ruleBroken(byTag tag: Substring) -> String? {
        guard let first = tag.utf8.first else { return "must not be empty after its \":\"" }
        guard tag.utf8.count <= 128 else { return "must not be longer than 128 characters" }
        guard isWord(first) else { return "must begin with a letter, a digit or \"_\"" }
        guard tag.utf8.allSatisfy({ isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }) else {
            return "must consist of letters, digits, \"_\", \".\" and \"-\""
        }
        return nil
    }

    private static func ruleBroken(byPart part: Substring) -> String? {
        guard let first = part.utf8.first, let last = part.utf8.last else { return "must not have an empty part" }
        if part.utf8.contains(where: { (0x41...0x5A).contains($0) }) { return "must not have upper-case letters" }
        guard part.utf8.allSatisfy({ isLowerAlphanumeric($0) || ".-_".utf8.contains($0) }) else {
            return "must consist of a-z, 0-9, the separators \".\", \"_\", \"__\", \"-\", and \"/\""
        }
        guard isLowerAlphanumeric(first), isLowerAlphanumeric(last) else {
            return "must have parts that begin and end with a letter or digit"
        }
        for separator in part.utf8.split(whereSeparator: isLowerAlphanumeric) {
            let isRun = separator.allSatisfy { $0 == UInt8(ascii: "-") }
            if !isRun, !separator.elementsEqual(".".utf8), !separator.elementsEqual("_".utf8),
                !separator.elementsEqual("__".utf8)
            {
                return "must separate letters and digits by one \".\", one or two \"_\" or a run of \"-\""
            }
        }
        return nil
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || (0x41...0x5A).contains(byte) || byte == UInt8(ascii: "_")
    }
}
