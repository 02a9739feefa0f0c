import ArgumentParser
import Layers

/// What a layer may make of the machine (docs/decisions/005-tar-is-never-unpacked.md).
struct LimitOptions: ParsableArguments {
    private static let standard = LayerLimits()

    @Option(help: ArgumentHelp("A layer's bytes when inflated, holes included.", valueName: "bytes"))
    var maxInflatedSize = ByteLimit(bytes: standard.inflatedSize)

    @Option(help: ArgumentHelp("Inflated bytes for each compressed one, from 64M on.", valueName: "number"))
    var maxInflationRatio = standard.inflationRatio

    @Option(help: ArgumentHelp("Entries of a layer.", valueName: "number"))
    var maxEntries = standard.entries

    @Option(help: ArgumentHelp("Bytes of one file of a layer.", valueName: "bytes"))
    var maxEntrySize = ByteLimit(bytes: standard.entrySize)

    @Option(help: ArgumentHelp("Bytes of a path.", valueName: "number"))
    var maxPathLength = standard.pathLength

    @Option(help: ArgumentHelp("Components of a path.", valueName: "number"))
    var maxDepth = standard.depth

    @Option(help: ArgumentHelp("Extended attributes of an entry.", valueName: "number"))
    var maxAttributes = standard.attributes

    @Option(help: ArgumentHelp("Bytes of an entry's extended attributes.", valueName: "bytes"))
    var maxAttributeBytes = ByteLimit(bytes: Int64(standard.attributeBytes))

    @Option(help: ArgumentHelp("Bytes of a layer's names, links and attributes together.", valueName: "bytes"))
    var maxTextBytes = ByteLimit(bytes: standard.textBytes)

    func validate() throws {
        let numbers = [Int64(maxEntries), Int64(maxPathLength), Int64(maxDepth), maxInflationRatio]
        guard numbers.allSatisfy({ $0 > 0 }), maxAttributes >= 0 else {
            throw ValidationError("a limit must be greater than zero")
        }
        // Longer paths are none on Linux, and the format counts attributes in a byte.
        guard maxPathLength <= Self.standard.pathLength, maxAttributes <= Self.standard.attributes else {
            throw ValidationError(
                "--max-path-length is at most \(Self.standard.pathLength), --max-attributes at most "
                    + "\(Self.standard.attributes)"
            )
        }
    }

    /// The same for the reader of layers.
    var limits: LayerLimits {
        var limits = Self.standard
        limits.inflatedSize = maxInflatedSize.bytes
        limits.inflationRatio = maxInflationRatio
        limits.entries = maxEntries
        limits.entrySize = maxEntrySize.bytes
        limits.pathLength = maxPathLength
        limits.depth = maxDepth
        limits.attributes = maxAttributes
        limits.attributeBytes = Int(clamping: maxAttributeBytes.bytes)
        limits.textBytes = maxTextBytes.bytes
        return limits
    }
}
