import ArgumentParser
import CVMFS
import Plumbing
import SystemPackage

/// Where a repository lies and how it is written.
struct PublisherOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The folder with the repository's objects; serve it over HTTP.", valueName: "dir"),
        completion: .directory
    )
    var storage: String

    @Option(help: ArgumentHelp("Where clients read it, for your information.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("How hard new objects are compressed.", valueName: "policy"))
    var compression = CompressionPolicy.balanced

    @OptionGroup
    var cutting: CuttingOptions

    @Flag(help: "Give each revision a tag named after its time, such as generic-2026-01-31T12:00:00Z.")
    var autoTag = false

    @Option(help: ArgumentHelp("Remove such tags when they are older, as in '3 weeks ago'.", valueName: "span"))
    var autoTagTimespan: String?

    @Option(help: ArgumentHelp(Self.quotaHelp, valueName: "bytes"))
    var quota: ByteLimit?

    static let quotaHelp: ArgumentHelp.StringLiteralType =
        "The most bytes that its objects may take, such as 500GB: conversions stop there."

    func validate() throws {
        guard let span = autoTagTimespan else { return }
        guard autoTag else { throw ValidationError("--auto-tag-timespan needs --auto-tag") }
        guard Timespan(span) != nil else {
            throw ValidationError("--auto-tag-timespan \(span): a span such as '3 weeks ago' is expected")
        }
    }

    /// The same as a registration has it.
    var automaticTags: String? { autoTag ? autoTagTimespan ?? "" : nil }

    /// The storage as it is seen from every folder.
    var storagePath: FilePath { Environment.absolute(storage) }
}

extension CompressionPolicy: ExpressibleByArgument {}
