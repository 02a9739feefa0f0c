import CVMFS
import Layers

/// Deletions as files with the names that AUFS gives them, which DUCC stores as it finds them
/// (https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts).
enum WhiteoutFiles {
    static let prefix = Array(".wh.".utf8)
    private static let opaque = Array(".wh..wh..opq".utf8)

    /// The rows of a directory without such files, and with what they say. `isOpaque` tells whether a directory in it has the
    /// mark of those that hide what lower layers have.
    static func applied(
        to rows: [CatalogEntry],
        isOpaque: (_ name: [UInt8]) throws -> Bool
    ) rethrows -> [UnpackableRow<CatalogEntry>] {
        let deleted = Set(
            rows.compactMap { row -> [UInt8]? in
                guard row.name.starts(with: prefix) else { return nil }
                let name = Array(row.name.dropFirst(prefix.count))
                // The bookkeeping of AUFS.
                return name.isEmpty || name.starts(with: prefix) ? nil : name
            }
        )
        let own = rows.filter { !$0.name.starts(with: prefix) && !CatalogEntry.markerNames.contains($0.name) }
        var result = try own.map { row in
            guard row.isDirectory, try deleted.contains(row.name) || isOpaque(row.name) else {
                return UnpackableRow(row)
            }
            return UnpackableRow(name: row.name, kind: .directory(isOpaque: true), row: row)
        }
        let names = Set(own.map(\.name))
        for name in deleted where !names.contains(name) {
            guard var row = rows.first(where: { $0.name == prefix + name }) else { continue }
            row.name = name
            result.append(UnpackableRow(name: name, kind: .whiteout, row: row))
        }
        return result.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// Whether the directory with these rows hides what lower layers have in it.
    static func areOpaque(_ rows: [CatalogEntry]) -> Bool { rows.contains { $0.name == opaque } }
}
