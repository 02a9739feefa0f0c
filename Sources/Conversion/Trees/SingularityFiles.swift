import OCI
import Plumbing

/// `.singularity.d`: how Apptainer starts an image's program, and with which environment and labels
/// (https://apptainer.org/docs/user/main/environment_and_metadata.html).
struct SingularityFiles {
    let configuration: ImageConfiguration

    /// The files.
    func files() throws -> [AddedFile] {
        [
            try file("runscript", runscript),
            // The one name that Apptainer adds its directories to PATH after, and that `inspect --environment` shows.
            try file("env/10-docker2singularity.sh", environment),
            // The one name after which Apptainer sets what `--env` and the like say.
            try file("env/99-base.sh", Self.base),
            try file("labels.json", JSONDocument.encode(labels)),
            try directory("libs"),
        ]
    }

    /// How many variables of the image no shell can set.
    var unusableVariables: Int { variables.unusable }

    private func file(_ name: String, _ bytes: [UInt8]) throws -> AddedFile {
        // A runscript that is not executable counts as absent.
        let mode: UInt16 = name == "labels.json" ? 0o644 : 0o755
        return AddedFile(
            try Self.path(name),
            FileNode(.file(size: Int64(bytes.count)), FileAttributes(mode: mode)),
            content: bytes
        )
    }

    private func directory(_ name: String) throws -> AddedFile { AddedFile(try Self.path(name), FileNode(.directory)) }

    private static func path(_ name: String) throws -> BytePath { try BytePath(".singularity.d/\(name)") }

    /// What runs without a command, as Docker does: the entry point with the arguments, or with those of the image.
    private var runscript: [UInt8] {
        let entrypoint = words("Entrypoint")
        var command = words("Cmd")
        // Without either Apptainer takes the first argument for a script.
        if entrypoint.isEmpty, command.isEmpty { command = ["/bin/sh"] }
        func quoted(_ list: [String]) -> String {
            list.map { ShellText.withoutReturns(ShellText.quoted($0)) }.joined(separator: " ")
        }
        var text = "#!/bin/sh\n"
        if !command.isEmpty { text += "test $# -gt 0 || set -- \(quoted(command))\n" }
        if !entrypoint.isEmpty { text += "set -- \(quoted(entrypoint)) \"$@\"\n" }
        text += """
            exec "$@"
            # Not reached: where this line is, Apptainer reads this file with a shell of its own, so that images without
            # /bin/sh start.
            eval "set ${SINGULARITY_OCI_RUN}"

            """
        return Array(text.utf8)
    }

    private var environment: [UInt8] {
        var text = "#!/bin/sh\n"
        for (name, value) in variables.usable {
            // Apptainer's interpreter drops carriage returns of a script.
            let value = ShellText.withoutReturns(ShellText.quoted(value))
            text += name == "PATH" ? "export PATH=\(value)\n" : "test -n \"${\(name):-}\" || export \(name)=\(value)\n"
        }
        return Array(text.utf8)
    }

    private static let base = Array(
        """
        #!/bin/sh
        LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}/.singularity.d/libs"
        export LD_LIBRARY_PATH
        test -n "${PS1:-}" || PS1='Apptainer> '
        export PS1

        """.utf8
    )

    /// In their order, of a name that comes twice the last.
    private var variables: (usable: [(name: String, value: String)], unusable: Int) {
        var usable: [(name: String, value: String)] = []
        var unusable = 0
        for text in configuration.environment.compactMap(\.string) {
            guard let sign = text.unicodeScalars.firstIndex(of: "=") else { continue }
            let name = String(text.unicodeScalars[..<sign])
            let value = String(text.unicodeScalars[text.unicodeScalars.index(after: sign)...])
            guard ShellText.isName(name), !value.unicodeScalars.contains("\0") else {
                unusable += 1
                continue
            }
            usable.removeAll { $0.name == name }
            usable.append((name, value))
        }
        return (usable, unusable)
    }

    private var labels: [String: String] {
        guard case .object(let labels)? = configuration.config["Labels"] else { return [:] }
        return labels.compactMapValues(\.string)
    }

    /// Words without a NUL, which no program can be given.
    private func words(_ name: String) -> [String] {
        guard case .array(let words)? = configuration.config[name] else { return [] }
        return words.compactMap(\.string).filter { !$0.unicodeScalars.contains("\0") }
    }
}
