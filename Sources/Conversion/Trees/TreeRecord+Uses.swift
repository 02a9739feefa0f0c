import Plumbing
import State

/// Which images use a tree, and what for: several may have the same configuration.
extension TreeRecord {
    /// Who stands for the images of another program that have the tree: nobody knows which they are. Where no link leads to it any
    /// more, a pruning finds out.
    static let adopted = ".adopted"

    /// The same, and images of another program may use it.
    var usedByAdopted: TreeRecord {
        var record = self
        record.usedBy = (usedBy ?? [:]).merging([Self.adopted: ["flat", "podman"]]) { $1 }
        return record
    }

    /// Whether only images of another program may use it.
    var isOfAdoptedAlone: Bool { usedBy.map { Set($0.keys) == [Self.adopted] } ?? false }

    /// Whether an image uses it for all of these.
    func isUsed(for formats: Set<OutputFormat>, by image: String) -> Bool {
        formats.isSubset(of: uses(image))
    }

    /// Whether an image other than these uses it for something; nil where nobody knows.
    func isUsed(for format: OutputFormat, byOthersThan images: Set<String>) -> Bool? {
        usedBy?.contains { !images.contains($0.key) && uses($0.key).contains(format) }
    }

    private func uses(_ image: String) -> Set<OutputFormat> {
        Set((usedBy?[image] ?? []).map(OutputFormat.init(name:)))
    }

    /// The same, and an image uses it for these. `former` is what was written down of a tree that it replaces.
    func using(_ formats: Set<OutputFormat>, by image: String, former: TreeRecord? = nil) -> TreeRecord {
        var record = self
        record.usedBy = former?.usedBy ?? usedBy ?? [:]
        let all = record.uses(image).union(formats)
        record.usedBy?[image] = Self.texts(all)
        return record
    }

    /// The record's bytes where an image no longer uses it for these; nil where nobody uses it then, unless it is kept. One of
    /// which nobody knows who uses it stays as it is.
    static func releasing(
        _ formats: Set<OutputFormat>,
        by image: String,
        from bytes: [UInt8],
        keepsUnused: Bool
    ) throws -> [UInt8]? {
        guard var record = decode(bytes), record.usedBy != nil else { return bytes }
        let left = record.uses(image).subtracting(formats)
        record.usedBy?[image] = left.isEmpty ? nil : texts(left)
        return record.usedBy?.isEmpty == true && !keepsUnused ? nil : try record.encoded()
    }

    private static func texts(_ formats: Set<OutputFormat>) -> [String] { formats.map(\.description).sorted() }
}
