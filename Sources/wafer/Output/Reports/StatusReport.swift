import Conversion
import Foundation
import Plumbing
import State

/// What the database knows of the desideratas, as `status` shows it.
struct StatusReport {
    private let statuses: [DesiderataStatus]
    /// How repositories name trees.
    private let settings: [String: TreeSettings]

    /// A report about these; `settings` are those of the registered repositories.
    init(_ statuses: [DesiderataStatus], _ settings: [String: TreeSettings]) {
        self.statuses = statuses
        self.settings = settings
    }

    /// The path to type for Apptainer; none before there is one, nor while there may be another one.
    private func tree(_ status: DesiderataStatus) -> String? {
        let wish = Wish(status.desiderata)
        guard isMade(status),
            // A name that the settings cannot give is an error of the conversion, which says so.
            let name = try? wish.treeName(settings[wish.repository] ?? TreeSettings())
        else { return nil }
        return "/cvmfs/\(wish.repository)\(name.absolute)"
    }

    private func isMade(_ status: DesiderataStatus) -> Bool {
        status.lastPublished?.published != nil && status.desiderata.changedAt == nil
    }

    /// The name to type for podman, with the repository's image store.
    private func podmanName(_ status: DesiderataStatus) -> String? {
        guard isMade(status), status.desiderata.formats.contains(.podman) else { return nil }
        return Wish(status.desiderata).podmanNames.first
    }

    /// A line for each desiderata; below a table, the last errors in full.
    func text(_ form: ListFormat) throws -> String {
        // A table shows few of them, and some take long to tell.
        let fields = form == .table ? fields.filter { $0.header != nil } : fields
        var listing = Listing(columns: fields.map { .init($0.name, $0.header) })
        listing.rows = statuses.map { status in fields.map { $0.value(status) } }
        let text = try listing.text(form)
        return form == .table ? text + statuses.compactMap(Self.error).joined() : text
    }

    /// All there is to know about each, a line for each key. Values may be long, so this is no table.
    func details() -> String {
        statuses.map { status in
            var text = IndentedText(column: keyWidth + 1)
            for field in fields {
                let value = Self.uncut(field.value(status)).shown
                if field.isProse { text.add(field.key, Self.lines(value)) } else { text.add(field.key, whole: value) }
            }
            return text.text
        }.joined(separator: "\n")
    }

    /// What is said of several layers stands below each other, and on a terminal their digests are cut.
    private static func lines(_ value: String) -> [String] {
        let parts = value.components(separatedBy: "; layer ")
        guard parts.count > 1 || value.hasPrefix("layer ") else { return value.isEmpty ? [] : [value] }
        return parts.enumerated().map { number, part in
            let line = number == 0 ? part : "layer \(part)"
            guard StandardOutput.columns != nil else { return line }
            return line.replacing(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/) { $0.1 }
        }
    }

    private var keyWidth: Int { fields.map(\.key.count).max() ?? 0 }

    /// A digest that has a line of its own need not be cut.
    private static func uncut(_ value: Cell) -> Cell {
        if case .digest(let text) = value { .text(text) } else { value }
    }

    private struct Field {
        let name: String
        let key: String
        var header: String?
        /// Whether it is text that may be wrapped.
        let isProse: Bool
        let value: (DesiderataStatus) -> Cell

        init(
            _ name: String,
            _ key: String,
            _ header: String? = nil,
            isProse: Bool = false,
            _ value: @escaping (DesiderataStatus) -> Cell
        ) {
            self.isProse = isProse
            self.name = name
            self.key = key
            self.header = header
            self.value = value
        }
    }

    private var fields: [Field] { subject + places + Self.outcome + Self.trouble }

    private var places: [Field] {
        [
            Field("tree", "Tree") { .optional(tree($0)) },
            Field("podman_image", "Podman Image") { .optional(podmanName($0)) },
        ]
    }

    private var subject: [Field] {
        [
            Field("id", "Id", "Id") { .number($0.desiderata.id) },
            Field("input_image_name", "Input Image", "Input Image Name") {
                .text($0.desiderata.input.reference.text)
            },
            Field("cvmfs_repo", "CVMFS Repo", "CVMFS Repo") { .text($0.desiderata.cvmfsRepository) },
            Field("output_image_name", "Output Image") { .optional($0.desiderata.output?.reference.text) },
            Field("formats", "Formats") { .list($0.desiderata.formats.all.map(\.description)) },
            Field("platforms", "For Platforms") { .list($0.desiderata.platforms) },
            Field("recipe", "Recipe", statuses.contains { $0.desiderata.recipe != nil } ? "Recipe" : nil) {
                .optional($0.desiderata.recipe)
            },
            Field("allow_private", "Private Allowed") { .flag($0.desiderata.allowsPrivate) },
            Field("state", "State", "State") { .text(DesiderataState($0).description) },
            Field("up_to_date", "Up to Date") { .flag(DesiderataState($0) == .upToDate) },
        ]
    }

    /// Of the newest conversion that was published.
    private static var outcome: [Field] {
        [
            Field("converted_at", "Converted", "Converted") {
                .optional($0.lastPublished?.finishedAt ?? $0.lastPublished?.published?.at)
            },
            Field("revision", "Revision", "Revision") {
                .optional($0.lastPublished?.published?.revision, Cell.number)
            },
            Field("platform", "Platform") { .optional($0.lastPublished?.platform) },
            Field("reference_digest", "Input Digest") {
                .optional($0.lastPublished?.referenceDigest, Cell.digest)
            },
            Field("manifest_digest", "Manifest Digest", "Manifest Digest") {
                .optional($0.lastPublished?.manifestDigest, Cell.digest)
            },
            Field("thin_digest", "Thin Image Digest") {
                .optional($0.lastPublished?.pushed?.thinDigest, Cell.digest)
            },
            Field("bytes_new", "New Layers: New", "New") {
                .optional($0.lastPublished?.traffic.bytesNew, Cell.bytes)
            },
            Field("bytes_known", "New Layers: Known", "Known") {
                .optional($0.lastPublished?.traffic.bytesKnown, Cell.bytes)
            },
            Field("transactions", "Transactions") { .optional($0.lastPublished?.published?.transactions, Cell.number) },
            Field("not_stored", "Not Stored", isProse: true) { .optional($0.lastPublished?.published?.losses) },
        ]
    }

    private static var trouble: [Field] {
        [
            Field("last_error", "Last Error", isProse: true) { .optional(standing($0)?.error) },
            Field("last_error_at", "Last Error At") {
                .optional(standing($0).flatMap { $0.finishedAt ?? $0.startedAt })
            },
            Field("failures", "Failures in a Row") { .number(Int64($0.backOff?.failures ?? 0)) },
            Field("next_attempt", "Next Attempt") { .optional($0.backOff?.nextAttempt) },
            Field("next_look", "Next Look", "Next Look") { nextLook($0) },
            Field("gone_since", "Gone Since") { .optional($0.goneSince) },
            Field("owner", "At Work") { .optional($0.claim?.description) },
        ]
    }

    private static func nextLook(_ status: DesiderataStatus) -> Cell {
        switch status.nextLook {
        case .now: .text("now")
        case .at(let date): .time(date)
        case .never: .text("never")
        }
    }

    /// The failure that nothing later made good; those before it stay in the history.
    private static func standing(_ status: DesiderataStatus) -> ConversionRecord? {
        guard let failed = status.lastFailed, let last = status.last else { return nil }
        return failed.id == last.id || [.running, .interrupted].contains(last.outcome) ? failed : nil
    }

    private static func error(_ status: DesiderataStatus) -> String? {
        // Nobody has to do anything about one that is gone.
        guard status.goneSince == nil, let failed = standing(status), let error = failed.error else { return nil }
        let when = (failed.finishedAt ?? failed.startedAt).map { " at \($0.formatted(.iso8601))" } ?? ""
        return "desiderata \(status.desiderata.id) failed\(when): \(Cell.text(error).field)\n"
    }
}
