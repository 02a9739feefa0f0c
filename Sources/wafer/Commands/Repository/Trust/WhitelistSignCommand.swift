import ArgumentParser
import CVMFS
import Foundation
import Plumbing
import SystemPackage

/// Signs a request for a whitelist; needs no repository and no database.
struct WhitelistSignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a request with the master key and print the whitelist.",
        usage: "wafer repository whitelist sign <request|-> --master-key <file> [--days <number>]",
        discussion: """
            Whatever is listed may publish under the repository's name: compare the
            fingerprints, which are shown, with those that its operator tells you.

            EXAMPLE:
              wafer repository whitelist sign cd.request \\
                --master-key cd.cern.ch.masterkey >cd.whitelist
            """
    )

    @Argument(help: ArgumentHelp("The request; - is the standard input.", valueName: "request"), completion: .file())
    var request: String

    @Option(help: ArgumentHelp("The private master key, in PEM form.", valueName: "file"), completion: .file())
    var masterKey: String

    @Option(help: ArgumentHelp("How long it is valid.", valueName: "number"))
    var days = Int(RepositoryTrust.whitelistValidity / 86_400)

    func validate() throws {
        guard (1...3650).contains(days) else { throw ValidationError("--days \(days): it must be 1 to 3650") }
    }

    func run() async throws {
        let request = try WhitelistRequest(String(decoding: try await InputFile.read(request), as: UTF8.self))
        let file = FilePath(masterKey)
        let key = try await BlockingExecutor.shared.run { try PrivateKey(file: file) }
        let bytes = try request.signed(by: key, validity: TimeInterval(days) * 86_400, now: Date())
        let end = try Whitelist(bytes).end.formatted(.iso8601)
        let lines =
            ["signed for \(request.fqrn), valid until \(end):"]
            + request.text.split(separator: "\n").dropFirst().map { "  \($0)" }
        try FileHandle.standardError.write(contentsOf: Data(lines.map { $0 + "\n" }.joined().utf8))
        try StandardOutput.write(bytes)
    }
}
