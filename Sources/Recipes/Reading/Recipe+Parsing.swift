/// Reading a recipe of any form.
extension Recipe {
    /// Longer texts are refused.
    package static let longest = 1 << 20

    /// Reads a text: DUCC's YAML, Wafer's own, or a list. What is wrong is in ``faults``, all of it; nothing is thrown.
    package init(parsing text: String) {
        guard text.utf8.count <= Self.longest else {
            self.init(refusing: "the recipe is larger than \(Self.longest >> 20) MiB: make several of it")
            return
        }
        // A mark of the byte order is no part of a text.
        let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        guard text.first(where: { !$0.isWhitespace }) != "<" else {
            self.init(refusing: "this is a web page, or XML, and no recipe: name the address of the text itself")
            return
        }
        guard Self.isYAML(text) else {
            self = PlainList.read(text)
            return
        }
        do {
            let root = try YAMLText.compose(text)
            let keys = try root?.mapping("the recipe") ?? []
            self = Self.isWafers(keys) ? WaferRecipe.read(keys) : DUCCRecipe.read(keys)
        } catch {
            self.init(form: .wafer, repository: nil, entries: [], faults: [error])
        }
    }

    /// A text of which nothing is read.
    private init(refusing problem: String) {
        let fault = RecipeFault(RecipePosition(line: 1, column: 1), problem)
        self.init(form: .list, repository: nil, entries: [], faults: [fault])
    }

    /// Whether the first line that says something has a key: no line of a list has a colon with a blank behind it.
    private static func isYAML(_ text: String) -> Bool {
        for line in text.split(whereSeparator: \.isNewline) {
            let line = PlainList.content(of: line)
            if line.isEmpty { continue }
            return line.contains(": ") || line.last == ":" || line.hasPrefix("---") || line.hasPrefix("{")
                || line.hasPrefix("%") || line.hasPrefix("- ")
        }
        return false
    }

    /// Whether keys are those of version 2. DUCC does not look at the version.
    private static func isWafers(_ keys: [(key: YAMLPart, value: YAMLPart)]) -> Bool {
        let names = keys.map { $0.key.scalar ?? "" }
        let version = keys.first { $0.key.scalar == "version" }?.value.scalar
        if let version, ["0", "1"].contains(version) { return false }
        return version != nil || !names.contains { DUCCRecipe.keys.contains($0) }
    }
}
