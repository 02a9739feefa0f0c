import ArgumentParser
import CVMFS
import State

/// How large files and large subtrees are cut.
struct CuttingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Sizes of the pieces of large files: smallest, mean and largest, or one for all. Smaller files stay whole.",
            valueName: "sizes"
        ),
        transform: Self.chunking
    )
    var chunks: ChunkingStrategy?

    @Option(
        help: ArgumentHelp(
            "The most entries in a catalog and the fewest in one that is split off, such as 100000:1000.",
            valueName: "limits"
        ),
        transform: Self.catalogLimits
    )
    var catalogEntries: CatalogLimits?

    /// `4M:8M:16M` or `8M`.
    static func chunking(_ text: String) throws -> ChunkingStrategy {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let sizes = parts.compactMap { ByteLimit(argument: String($0)).flatMap { Int(exactly: $0.bytes) } }
        guard sizes.count == parts.count else {
            throw ValidationError("\"\(text)\" are no sizes: write 4M:8M:16M, or 8M for pieces of one size")
        }
        return try ChunkingStrategy(sizes: sizes)
    }

    /// `100000:1000` or `100000`, with a minimum of a hundredth.
    static func catalogLimits(_ text: String) throws -> CatalogLimits {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, (1...2).contains(numbers.count) else {
            throw ValidationError("\"\(text)\" are no limits: write 100000:1000, or 100000")
        }
        return try CatalogLimits(
            checking: numbers[0],
            minimum: numbers.count == 2 ? numbers[1] : max(1, numbers[0] / 100)
        )
    }
}
