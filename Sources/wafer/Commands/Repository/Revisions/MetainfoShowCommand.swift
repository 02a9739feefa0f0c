import ArgumentParser
import CVMFS
import Foundation
import Plumbing

/// Prints the meta info.
struct MetainfoShowCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the published meta info as it is.",
        usage: "wafer repository metainfo show <fqrn>",
        discussion: """
            EXAMPLE:
              wafer repository metainfo show cd.cern.ch
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let repository = try await argument.openToRead(global)
        var bytes = try await onDedicatedThread("read \(repository.fqrn)") { try repository.metainfo() }
        if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        try StandardOutput.write(document: bytes)
    }
}
