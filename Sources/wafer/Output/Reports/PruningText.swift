import Conversion
import Foundation
import OCI
import Plumbing

/// What a pruning did, for people and for programs.
enum PruningText {
    /// A line for each image, and one for everything else.
    static func text(_ report: PruningReport, of fqrn: String, _ dryRun: Bool) -> String {
        let verb = dryRun ? "would remove" : "removed"
        var lines = report.images.map { image in
            let since = image.since.formatted(.iso8601.year().month().day())
            return "\(verb) \(Cell.text(image.source.description).field), unwanted since \(since)"
        }
        lines += report.linkedTrees.map {
            "\(Cell.text($0.absolute).field) stays: no image uses it, but links lead there"
        }
        let counts = [
            Counted.text(report.images.count, "image"), Counted.text(report.layers.count, "layer"),
            Counted.text(report.trees.count + report.osgTrees.count, "former root file system"),
        ]
        let others =
            report.chains.map { $0.absolute }
            + (report.podmanEntries > 0
                ? ["\(Counted.text(report.podmanEntries, "entry", "entries")) of DUCC in podman's store"] : [])
        let what =
            report.isEmpty
            ? "\(fqrn): nothing to remove" : "\(fqrn): \(verb) \((counts + others).joined(separator: ", "))"
        let revision = report.revision.map { ", revision \($0)" } ?? ""
        let waiting = report.waiting > 0 ? "; \(report.waiting) more wait until they are old enough" : ""
        let foreign =
            report.foreignLayers > 0 ? "; \(Counted.text(report.foreignLayers, "layer")) of other programs stay" : ""
        lines.append(what + revision + waiting + foreign)
        return lines.map { $0 + "\n" }.joined()
    }

    /// One object.
    static func json(_ report: PruningReport, of fqrn: String, _ dryRun: Bool) -> JSONValue {
        let images = report.images.map { image in
            JSONValue.object([
                "image": .string(image.source.description), "unwanted_since": .string(image.since.formatted(.iso8601)),
            ])
        }
        return .object([
            "chains": .array(report.chains.map { .string($0.absolute) }),
            "dry_run": .bool(dryRun),
            "foreign_layers": .integer(Int64(report.foreignLayers)),
            "fqrn": .string(fqrn),
            "images": .array(images),
            "layers": .array(report.layers.map { .string($0.description) }),
            "linked_trees": .array(report.linkedTrees.map { .string($0.absolute) }),
            "osg_trees": .array(report.osgTrees.map { .string($0.absolute) }),
            "podman_entries": .integer(Int64(report.podmanEntries)),
            "revision": report.revision.map { .integer(Int64(clamping: $0)) } ?? .null,
            "trees": .array(report.trees.map { .string($0.description) }),
            "waiting": .integer(Int64(report.waiting)),
        ])
    }
}
