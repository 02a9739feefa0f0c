import Foundation
import State

/// What the database knows of the desideratas, as `status` shows it.
struct StatusReport {
    private let statuses: [DesiderataStatus]

    /// A report about these.
    init(_ statuses: [DesiderataStatus]) {
        self.statuses = statuses
    }

    /// A line for each desiderata; below a table, the last errors in full.
    func text(_ form: ListFormat) throws -> String {
        var listing = Listing(columns: Self.fields.map { .init($0.name, $0.header) })
        listing.rows = statuses.map { status in Self.fields.map { $0.value(status) } }
        let text = try listing.text(form)
        return form == .table ? text + statuses.compactMap(Self.error).joined() : text
    }

    /// All there is to know about each.
    func details() -> String {
        statuses.map { status in
            Details(
                fields: Self.fields.map { .init($0.name, $0.key, Self.uncut($0.value(status))) }
            ).table
        }.joined()
    }

    /// A digest that has a line of its own need not be cut.
    private static func uncut(_ value: Cell) -> Cell {
        if case .digest(let text) = value { .text(text) } else { value }
    }

    private struct Field {
        let name: String
        let key: String
        var header: String?
        let value: (DesiderataStatus) -> Cell

        init(_ name: String, _ key: String, _ header: String? = nil, _ value: @escaping (DesiderataStatus) -> Cell) {
            self.name = name
            self.key = key
            self.header = header
            self.value = value
        }
    }

    private static var fields: [Field] { subject + outcome + trouble }

    private static var subject: [Field] {
        [
            Field("id", "Id", "Id") { .number($0.desiderata.id) },
            Field("input_image_name", "Input Image", "Input Image Name") {
                .text($0.desiderata.input.reference.text)
            },
            Field("cvmfs_repo", "CVMFS Repo", "CVMFS Repo") { .text($0.desiderata.cvmfsRepository) },
            Field("output_image_name", "Output Image") { .text($0.desiderata.output.reference.text) },
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
            Field("bytes_new", "Bytes New", "New") { .optional($0.lastPublished?.traffic.bytesNew, Cell.bytes) },
            Field("bytes_known", "Bytes Known", "Known") {
                .optional($0.lastPublished?.traffic.bytesKnown, Cell.bytes)
            },
            Field("transactions", "Transactions") { .optional($0.lastPublished?.published?.transactions, Cell.number) },
            Field("not_stored", "Not Stored") { .optional($0.lastPublished?.published?.losses) },
        ]
    }

    private static var trouble: [Field] {
        [
            Field("last_error", "Last Error") { .optional($0.lastFailed?.error) },
            Field("last_error_at", "Last Error At") {
                .optional($0.lastFailed?.finishedAt ?? $0.lastFailed?.startedAt)
            },
            Field("failures", "Failures in a Row") { .number(Int64($0.backOff?.failures ?? 0)) },
            Field("next_attempt", "Next Attempt", "Next Attempt") { .optional($0.backOff?.nextAttempt) },
            Field("owner", "At Work") { .optional($0.claim?.description) },
        ]
    }

    /// Only an error that nothing later made good.
    private static func error(_ status: DesiderataStatus) -> String? {
        guard let failed = status.lastFailed, let error = failed.error, failed.id == status.last?.id else { return nil }
        let when = (failed.finishedAt ?? failed.startedAt).map { " at \($0.formatted(.iso8601))" } ?? ""
        return "desiderata \(status.desiderata.id) failed\(when): \(Cell.text(error).field)\n"
    }
}
