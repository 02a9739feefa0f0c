import Foundation
import Subprocess
import SystemPackage
import Testing

/// A machine with `cvmfs_server`, reached by the command that the environment names in `CVMFS_SERVER`.
///
/// `CVMFS_SERVER=cvmfs_server` on a machine of its own, or with something before it that leads to one, such as
/// `sudo cvmfs_server` or `nsenter … cvmfs_server`. The tests make and remove repositories there, as root.
final class StockServer: Sendable {
    /// How `cvmfs_server` is run; nil where nobody said so.
    static let command: [String]? = {
        let words = ProcessInfo.processInfo.environment["CVMFS_SERVER"]?.split(separator: " ").map(String.init)
        return words.flatMap { $0.isEmpty ? nil : $0 }
    }()

    /// What is shown of tests that need one.
    static let absence: Comment = "CVMFS_SERVER does not name a command that runs cvmfs_server as root"

    /// A repository behind a gateway that `cvmfs_server` has there, which the environment names in `CVMFS_GATEWAY_FQRN`.
    /// The tests write into it and take away again what they wrote.
    static let gatewayRepository = ProcessInfo.processInfo.environment["CVMFS_GATEWAY_FQRN"]

    /// What is shown of tests that need one.
    static let gatewayAbsence: Comment =
        "CVMFS_GATEWAY_FQRN does not name a repository of CVMFS_SERVER behind a gateway"

    /// Shell lines that kill `$process`, a Wafer that ingests, and before it the `cvmfs_server` that it runs.
    static let killing = """
        for child in $(ps -eo pid=,args= | grep "[i]ngest .*$FQRN" | grep -v wafer | sed 's/^ *//' | cut -d' ' -f1)
        do kill -9 $child; done; kill -9 $process; wait; true
        """

    /// The folder in which everything runs.
    let sandbox: Sandbox
    /// The repository's name, which nobody else has.
    let fqrn: String
    private let words: [String]
    private let port: String

    private init(_ sandbox: Sandbox, fqrn: String, words: [String], port: String) {
        self.sandbox = sandbox
        self.fqrn = fqrn
        self.words = words
        self.port = port
    }

    /// Runs `body` with a repository that is there already, and stays.
    static func with(repository fqrn: String, _ body: (StockServer) async throws -> Void) async throws {
        try await body(StockServer(try Sandbox(), fqrn: fqrn, words: try #require(command), port: ""))
    }

    /// Runs `body` while `/srv/cvmfs` there is served on loopback, and removes the repository afterwards.
    static func with(_ body: @escaping @Sendable (StockServer) async throws -> Void) async throws {
        let words = try #require(command)
        let sandbox = try Sandbox()
        let fqrn = "wafer-\(UUID().uuidString.prefix(8).lowercased()).example.org"
        let program = """
            import functools, http.server, sys
            class Quiet(http.server.SimpleHTTPRequestHandler):
                def log_message(self, *arguments): pass
            handler = functools.partial(Quiet, directory='/srv/cvmfs')
            server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
            open(sys.argv[1], 'w').write(str(server.server_port))
            server.serve_forever()
            """
        let file = sandbox.path.appending("port").string
        let start = words.dropLast() + ["python3", "-c", program, file]
        _ = try await Subprocess.run(
            start[0].contains("/") ? .path(FilePath(start[0])) : .name(start[0]),
            arguments: Arguments(Array(start.dropFirst())),
            input: .none,
            output: .discarded,
            error: .discarded
        ) { execution in
            do {
                try await sandbox.wait(for: "the HTTP server") { FileManager.default.fileExists(atPath: file) }
                try await Task.sleep(for: .milliseconds(100))
                let port = try String(contentsOfFile: file, encoding: .utf8)
                let server = StockServer(sandbox, fqrn: fqrn, words: words, port: port)
                do {
                    try await body(server)
                } catch {
                    _ = try? await server.run("\"$CVMFS\" rmfs -f $FQRN")
                    throw error
                }
                try await server.succeed("\"$CVMFS\" rmfs -f $FQRN")
            } catch {
                try execution.send(signal: .terminate)
                throw error
            }
            try execution.send(signal: .terminate)
        }
    }

    /// Runs a shell script there: `$CVMFS` is `cvmfs_server`, `$wafer` the program, `$FQRN` the repository, `$URL` where it
    /// is served. Returns its status and what it printed.
    func run(_ script: String) async throws -> (status: Int32, text: String) {
        let log = sandbox.path.appending("log-\(UUID().uuidString)").string
        // Clients that it starts live on: they must not hold a pipe of ours.
        let wrapped = "exec >\(log) 2>&1 </dev/null; \(script)"
        let command = words.dropLast() + ["sh", "-c", wrapped]
        let result = try await Subprocess.run(
            command[0].contains("/") ? .path(FilePath(command[0])) : .name(command[0]),
            arguments: Arguments(Array(command.dropFirst())),
            environment: .inherit.updating([
                "HOME": sandbox.path.string, "WAFER_DATABASE": sandbox.path.appending("db").string, "LC_ALL": "C",
                "CVMFS": words.last ?? "", "CVMFS_SERVER": words.last ?? "", "FQRN": fqrn,
                "URL": "http://127.0.0.1:\(port)/\(fqrn)",
                "wafer": Sandbox.program.string, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            ]),
            workingDirectory: sandbox.path,
            input: .none,
            output: .discarded,
            error: .discarded
        )
        let text = try String(contentsOfFile: log, encoding: .utf8)
        guard case .exited(let status) = result.terminationStatus else { return (-1, text) }
        return (Int32(status), text)
    }

    /// Runs a script that must succeed.
    @discardableResult
    func succeed(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        let (status, text) = try await run(script)
        try #require(status == 0, "\(script): \(text)", sourceLocation: sourceLocation)
        return text
    }

    /// Runs a script that must fail, with these words among what it says.
    func fail(_ script: String, saying words: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let (status, text) = try await run(script)
        #expect(status != 0, "\(script) succeeded", sourceLocation: sourceLocation)
        #expect(text.contains(words), "\(script): \(text)", sourceLocation: sourceLocation)
    }

    /// Both checks, theirs with every object's hash.
    func expectSound(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for script in ["\"$CVMFS\" check -i $FQRN", "\"$wafer\" repository check $FQRN"] {
            let (status, text) = try await run(script)
            #expect(status == 0, "\(script): \(text)", sourceLocation: sourceLocation)
        }
    }

    /// A publication of theirs: what `script` does in `/cvmfs/$FQRN`.
    func publish(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await succeed(
            "\"$CVMFS\" transaction $FQRN && (cd /cvmfs/$FQRN && \(script)) && \"$CVMFS\" publish $FQRN",
            sourceLocation: sourceLocation
        )
    }
}
