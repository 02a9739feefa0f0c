package import Foundation

/// Which tags of an image repository are wanted. What is there must hold: the range, one of the globs, none of the exclusions.
package struct TagRules: Sendable, Equatable {
    /// Versions; nil for any tag.
    package let versions: VersionRange?
    /// One of these; none for any tag.
    package let globs: [TagGlob]
    /// None of these.
    package let exclusions: [TagGlob]
    /// So many of the newest; nil for all.
    package let newest: Int?

    init(versions: VersionRange? = nil, globs: [TagGlob] = [], exclusions: [TagGlob] = [], newest: Int? = nil) {
        self.versions = versions
        self.globs = globs
        self.exclusions = exclusions
        self.newest = newest
    }

    /// The tags of which ``decide(_:created:)`` needs to know when their images were made: where only the newest are wanted,
    /// and not all are versions.
    package func undated(_ tags: [String]) -> [String] {
        guard let newest else { return [] }
        let matching = tags.filter { refusal($0) == nil }
        return matching.count <= newest || matching.allSatisfy { SemanticVersion($0) != nil } ? [] : matching
    }

    /// What becomes of each tag, in the order in which they are listed, and why. `created` tells when the images of those of
    /// ``undated(_:)`` were made.
    package func decide(_ tags: [String], created: [String: Date] = [:]) -> [TagDecision] {
        let matching = tags.filter { refusal($0) == nil }
        let order = newest.map { _ in ranked(matching, created) }
        let ranks = Dictionary((order?.tags ?? matching).enumerated().map { ($1, $0) }) { first, _ in first }
        return tags.map { tag in
            if let refusal = refusal(tag) { return TagDecision(tag: tag, isSelected: false, reason: refusal) }
            guard let newest, let order, let rank = ranks[tag] else {
                return TagDecision(tag: tag, isSelected: true, reason: match(tag))
            }
            let number = "number \(rank + 1) of \(matching.count) by \(order.name)"
            return rank < newest
                ? TagDecision(tag: tag, isSelected: true, reason: "\(match(tag)), \(number)")
                : TagDecision(tag: tag, isSelected: false, reason: "not among the newest \(newest): \(number)")
        }
    }

    /// Newest first, and what tells that.
    private func ranked(_ tags: [String], _ created: [String: Date]) -> (tags: [String], name: String) {
        let versions = tags.map { (tag: $0, version: SemanticVersion($0)) }
        if versions.allSatisfy({ $0.version != nil }) {
            let sorted = versions.sorted { left, right in
                guard let one = left.version, let other = right.version, one != other else {
                    return left.tag < right.tag
                }
                return one > other
            }
            return (sorted.map(\.tag), "version")
        }
        let sorted = tags.sorted { left, right in
            let (one, other) = (created[left] ?? .distantPast, created[right] ?? .distantPast)
            return one == other ? left < right : one > other
        }
        return (sorted, "time of creation")
    }

    /// Why a tag is not wanted, by itself; nil where it may be.
    private func refusal(_ tag: String) -> String? {
        if let exclusion = exclusions.first(where: { $0.matches(tag) }) { return "excluded by \(exclusion)" }
        if !globs.isEmpty, !globs.contains(where: { $0.matches(tag) }) {
            return "not \(globs.map(\.description).joined(separator: ", nor "))"
        }
        guard let versions else { return nil }
        guard let version = SemanticVersion(tag) else { return "no version MAJOR.MINOR.PATCH" }
        guard !versions.contains(version) else { return nil }
        return "not in \(versions)" + (version.prerelease.isEmpty ? "" : ", which names no pre-release of it")
    }

    private func match(_ tag: String) -> String {
        let glob = globs.first { $0.matches(tag) }?.description
        let words = [glob, versions?.description].compactMap(\.self)
        return words.isEmpty ? "not excluded" : words.joined(separator: ", ")
    }
}
