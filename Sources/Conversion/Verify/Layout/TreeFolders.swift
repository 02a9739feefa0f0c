import CVMFS
import Plumbing

/// The folders of trees and those of their records, side by side.
struct TreeFolders {
    let tree: CatalogTree

    /// The trees that there are, by the names of their folders.
    typealias Trees = Set<[UInt8]>

    private static let suffix = Array(".json".utf8)

    /// Tells of trees without a record and of records without a tree. Returns the trees.
    func check(_ report: inout LayoutReport) throws -> Trees {
        var all: Trees = []
        let folders = try Set(
            (folders(in: RepositoryLayout.trees) + folders(in: RepositoryLayout.treeRecords)).map(\.name)
        )
        for folder in folders.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let place = RepositoryLayout.trees.appending(folder)
            let recordPlace = RepositoryLayout.treeRecords.appending(folder)
            let trees = Set(try self.folders(in: place).map(\.name))
            let records = Set(try records(in: recordPlace))
            for name in trees.subtracting(records) {
                report.warn(
                    .tree,
                    place.appending(name),
                    "has no record: nobody knows whether it is complete; converting its image makes it anew"
                )
            }
            for name in records.subtracting(trees) {
                report.warn(
                    .treeRecord,
                    recordPlace.appending(name + Self.suffix),
                    "is the record of no tree: converting its image makes it anew, and wafer repository rm removes it"
                )
            }
            // Elsewhere nothing leads to it.
            all.formUnion(trees.filter { $0.starts(with: folder) })
            report.trees += trees.count
        }
        return all
    }

    private func folders(in directory: BytePath) throws -> [CatalogEntry] {
        try tree.listing(of: directory).filter(\.isDirectory)
    }

    private func records(in directory: BytePath) throws -> [[UInt8]] {
        try tree.listing(of: directory).compactMap { row in
            guard row.type == .regular, row.name.count > Self.suffix.count,
                row.name.suffix(Self.suffix.count).elementsEqual(Self.suffix)
            else { return nil }
            return Array(row.name.dropLast(Self.suffix.count))
        }
    }
}
