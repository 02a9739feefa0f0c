import CVMFS
import Plumbing

/// Differences between two trees, line by line: there may be millions.
///
/// JSON is one object: `before` and `after` say what was compared, `differences` has a line for each, and `summary` comes
/// last.
struct DifferenceListing {
    /// One of the trees.
    struct Side {
        let revision: NamedRevision
        let path: BytePath
    }

    private let form: ReportFormat
    private let fqrn: String
    private let sides: (before: Side, after: Side)
    private(set) var totals = DifferenceTotals()
    private var output = BufferedOutput()

    /// A listing of what differs between two paths of a repository, or between a path's two revisions.
    init(_ form: ReportFormat, of fqrn: String, before: Side, after: Side) {
        self.form = form
        self.fqrn = fqrn
        sides = (before, after)
    }

    /// Writes one difference.
    mutating func add(_ difference: TreeDifference) throws {
        if totals.isEmpty { try begin() }
        let isFirst = totals.isEmpty
        totals.add(difference)
        switch form {
        case .text: try output.write(line(difference) + "\n")
        case .json: try output.write((isFirst ? "\n" : ",\n") + object(difference).text(pretty: false))
        }
    }

    /// Writes the summary when all differences were added.
    mutating func finish() throws {
        if totals.isEmpty { try begin() }
        switch form {
        case .text: try output.write(summary + "\n")
        case .json: try output.write("\n],\n\"summary\":" + summaryObject.text(pretty: false) + "}\n")
        }
        try output.flush()
    }

    /// Writes what is compared.
    private mutating func begin() throws {
        let (before, after) = (sides.before, sides.after)
        switch form {
        case .text:
            let isSame = before.revision == after.revision
            try output.write(isSame ? "in " : "from revision \(before.revision.number) to ")
            try output.write("revision \(after.revision.number) of \(fqrn)\n")
        case .json:
            let (old, new) = (Self.object(before), Self.object(after))
            let sides = try "\"after\":\(new.text(pretty: false)),\n\"before\":\(old.text(pretty: false))"
            try output.write("{\(sides),\n\"differences\":[")
        }
    }

    /// Two places have nothing but the paths below them in common; of one place, paths are those of the repository.
    func shown(_ path: BytePath) -> String {
        guard sides.before.path != sides.after.path else { return sides.before.path.appending(path).description }
        return path.isRoot ? "." : path.description
    }

    private func line(_ difference: TreeDifference) -> String {
        var path = shown(difference.path)
        if (difference.after ?? difference.before)?.isDirectory == true, path != "/" { path += "/" }
        switch difference.kind {
        case .added: return "+ \(path)"
        case .removed: return "- \(path)"
        case .changed: return "~ \(path) (\(difference.aspects.map(\.rawValue).joined(separator: ", ")))"
        }
    }

    private var summary: String {
        let parts = [(totals.added, "added"), (totals.removed, "removed"), (totals.changed, "changed")]
            .filter { $0.0.entries > 0 }
            .map { "\($0.entries) \($1) (\(ByteCount.text($0.bytes)))" }
        return parts.isEmpty ? "no differences" : parts.joined(separator: ", ")
    }
}
