import Plumbing

/// That a desiderata has a name in a repository which another image cannot have then: the name itself, or one above or below
/// it.
package struct TakenName: Sendable, Equatable {
    /// Who wants the name.
    package enum Claimant: Sendable, Equatable {
        /// A desiderata that is being added.
        case added
        /// A desiderata that is there.
        case desiderata(Int64)
        /// A conversion without a desiderata.
        case command
    }

    /// The number of the desiderata that has it; nil for one that would be added, too.
    package private(set) var owner: Int64?
    /// The input image of that desiderata, as it was typed.
    package let image: String
    /// The platforms of that desiderata where its image is the claimant's, too; nil where it is another one.
    package let platforms: [String]?
    /// The fully qualified name of the repository.
    package let repository: String
    /// Who wants the name.
    package let claimant: Claimant
    /// What both make under a name: ``OutputFormat/flat``, ``OutputFormat/podman``, or both.
    package let formats: OutputFormats
    /// The name that is wanted: of the first of these formats.
    package let wanted: String
    /// The name that the desiderata has: ``wanted``, or a name above or below it.
    package let taken: String

    /// The same of a desiderata that is not there, since nothing was added.
    var ofAnAddedOne: TakenName {
        var name = self
        name.owner = nil
        return name
    }
}

extension TakenName: CustomStringConvertible {
    /// One line: who has the name, and what to do.
    package var description: String {
        switch claimant {
        case .added: "\(ownership): \(steps)"
        case .desiderata(let id): "\(ownership(besides: id)): \(steps)"
        case .command: commandDescription
        }
    }

    private var who: String {
        owner.map { "desiderata \($0), of \(Printable.text(image))," }
            ?? "\(Printable.text(image)), which would be added as well,"
    }

    private var fqrn: String { Printable.text(repository) }

    /// podman has names of its own.
    private var kind: String { formats.all.first == .podman ? "podman's name" : "the name" }

    private var ownership: String {
        guard let relation else {
            return "\(who) has \(kind) of this image in \(fqrn), and is of another one or for other platforms"
        }
        return
            "\(who) has the name \(Printable.text(taken)) in \(fqrn), and \(Printable.text(wanted)), the name of this image, "
            + "lies \(relation) it"
    }

    private func ownership(besides id: Int64) -> String {
        guard let relation else {
            return
                "\(who) and desiderata \(id) would have \(kind == "the name" ? "the same name" : "the same name of podman's") in "
                + "\(fqrn), and are not of the same image for the same platforms"
        }
        return
            "\(who) has the name \(Printable.text(taken)) in \(fqrn), and \(Printable.text(wanted)), the name of desiderata "
            + "\(id), lies \(relation) it"
    }

    private var steps: String {
        let (what, them) = (names.joined(separator: " and "), names.count == 1 ? "it" : "them")
        let templates = formats.contains(.flat) ? ", or choose other names for the repository" : ""
        return switch claimant {
        case .added where owner == nil: "leave \(what) out of the formats of one of them, or leave one of them out"
        case .desiderata: "take \(what) from one of them with `wafer set-desiderata`\(templates)"
        case .added, .command:
            "leave \(what) out of the formats, or take \(them) from that one with `wafer set-desiderata \(owner ?? 0)`"
        }
    }

    private var commandDescription: String {
        let isPodmans = formats.all.first == .podman
        let name = isPodmans ? "podman's name \(Printable.text(wanted))" : "/\(Printable.text(wanted))"
        let detail = platforms.map { ", for " + $0.map { Printable.text($0) }.joined(separator: ",") } ?? ""
        let owned = "the name of desiderata \(owner ?? 0) (\(Printable.text(image))\(detail))"
        let fact = relation.map { "lies \($0) /\(Printable.text(taken)), \(owned)" } ?? "is \(owned)"
        let steps = [
            formats.contains(.flat) ? "name another path with --as" : nil,
            formats.contains(.podman) ? "leave podman out of the formats" : nil,
        ].compactMap(\.self).joined(separator: ", and ")
        return "\(name) in \(fqrn) \(fact): \(steps)"
    }

    private var names: [String] { formats.all.map(\.description) }

    /// Where the name that is wanted lies, seen from the one that is taken; nil where they are the same.
    private var relation: String? {
        if wanted == taken { return nil }
        return wanted.hasPrefix(taken + "/") ? "below" : "above"
    }
}
