/// An argument as a person can paste it into a shell.
enum ShellWord {
    /// In quotes where that is needed.
    static func text(_ argument: String) -> String {
        let isPlain =
            !argument.isEmpty
            && argument.allSatisfy { character in
                character.isASCII && (character.isLetter || character.isNumber || "/._-+,:@%".contains(character))
            }
        return isPlain ? argument : "'\(argument.replacing("'", with: "'\\''"))'"
    }
}
