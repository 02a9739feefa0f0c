import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Layers
import Logging
import Plumbing
import State
import StockServer
import SystemPackage

/// Publishes a tar archive at a path.
struct RepositoryIngestCommand: WaferCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Publish a tar archive at a path, as one revision.",
        usage: """
            wafer repository ingest <fqrn> <path> <file|-> [--replace]
                       [--chunks <sizes>] [--catalog-entries <limits>]
            """,
        discussion: """
            The archive may be compressed with gzip or zstd. Nothing is unpacked; the
            path gets a catalog of its own, and whiteouts take overlayfs's form as in
            the layers of images.

            EXAMPLE:
              tar -c -C /opt/tool . | wafer repository ingest cd.cern.ch /tool/1.2 -
            """
    )

    @OptionGroup
    var argument: RepositoryArgument

    @Argument(help: "Where to put it in the repository.")
    var path: String

    @Argument(help: ArgumentHelp("The archive; - is the standard input.", valueName: "file"), completion: .file())
    var file: String

    @Flag(help: "Replace what is there.")
    var replace = false

    @OptionGroup
    var cutting: CuttingOptions

    @OptionGroup(title: "Limits of a Layer")
    var limitOptions: LimitOptions

    @OptionGroup
    var global: GlobalOptions

    func run() async throws {
        let path = try RawArguments.path(path)
        let server = ServerWork()
        let publisher = try await publisher(server)
        let ingestion = TarIngestion(publisher, limits: limitOptions.limits)
        let start = ContinuousClock.now
        let input = file == "-" ? FileDescriptor.standardInput : try await open()
        let (layer, outcome) = try await Interruption.cancelling(global.logger, server) {
            try await ingestion.ingest(input, at: path, replacing: replace)
        }
        if !layer.publisherLosses.isEmpty {
            global.logger.warning("not all of it is stored: \(LayerLoss.text(layer.publisherLosses))")
        }
        for line in LayerNotesText.lines(layer.summary) { global.logger.warning("\(line)") }
        let size = layer.summary.uncompressedSize
        try StandardOutput.line(
            "\(path) in \(publisher.fqrn), revision \(outcome.revision): \(Counted.text(layer.entries, "entry", "entries")), "
                + "\(ByteCount.text(size)) at \(ByteCount.rate(size, in: ContinuousClock.now - start)); "
                + "\(ByteCount.text(layer.content.newBytes)) new, \(ByteCount.text(layer.content.knownBytes)) known, "
                + "\(ByteCount.text(layer.content.storedBytes)) stored in \(layer.content.newObjects) objects"
        )
    }

    private func publisher(_ server: ServerWork) async throws -> any Publisher {
        let registration = try await argument.registration(global)
        guard registration.isWrittenByServer else {
            return try await global.opener.nativePublisher(
                registration,
                chunking: cutting.chunks,
                limits: cutting.catalogEntries
            )
        }
        guard cutting.chunks == nil, cutting.catalogEntries == nil else {
            throw ConversionError(
                "\(argument.fqrn) is published by \(registration.publisher), which cuts files and catalogs as its own "
                    + "configuration says: leave out --chunks and --catalog-entries"
            )
        }
        return try await global.opener(work: server).publisher(registration)
    }

    private func open() async throws -> FileDescriptor {
        let path = FilePath(file)
        do {
            // A FIFO is opened when somebody writes to it.
            return try await onDedicatedThread("open \(Printable.text(file))") {
                try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            }
        } catch let error as Errno {
            throw ConversionError("cannot read \(Printable.text(file)): \(error)")
        }
    }
}
