/// Text in a script of a POSIX shell.
enum ShellText {
    /// One word with these characters, whatever they are.
    static func quoted(_ text: String) -> String {
        // Not `'\\''`: Apptainer's interpreter keeps that backslash in an assignment.
        "'" + text.unicodeScalars.reduce(into: "") { $0 += $1 == "'" ? #"'"'"'"# : String($1) } + "'"
    }

    /// A quoted word in which carriage returns are made by the shell.
    static func withoutReturns(_ quoted: String) -> String {
        quoted.unicodeScalars.reduce(into: "") { $0 += $1 == "\r" ? #"'"$(printf '\015')"'"# : String($1) }
    }

    /// Whether a shell can have a variable of this name.
    static func isName(_ text: String) -> Bool {
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
        guard let first = text.unicodeScalars.first, letters.unicodeScalars.contains(first) else { return false }
        return text.unicodeScalars.allSatisfy { (letters + "0123456789").unicodeScalars.contains($0) }
    }
}
