import CVMFS
import Plumbing

/// Whether there is room in a repository for names of images. A session finds that out as well, but only at its end, when
/// everything is downloaded.
struct NamePlaces {
    let publisher: any Publisher
    /// The name that somebody chose for this one image; nil where it is the repository's.
    let chosen: BytePath?

    /// Throws ``ConversionError``, which says what to do, where something else is at a name that a plan makes, or on the way to
    /// it.
    func check(_ plan: Plan) async throws {
        let names = plan.outputs.flatMap(\.names)
        guard !names.isEmpty else { return }
        let ways = Set(names.flatMap(\.path.ancestors)).subtracting(plan.removals.map(\.path))
        let contents = try await publisher.contents(names.map(\.path) + ways)
        // Directories have no bytes. What is no longer there when the names are made is looked at then.
        if let way = ways.sorted().first(where: { contents[$0]?.isEmpty == false }), let there = contents[way] {
            let name = names.first { $0.path.starts(with: way) }?.path ?? way
            let isName = ImageName.isOne(target: there)
            throw refusal(
                "\(name.absolute) cannot be a name in \(publisher.fqrn): \(way.absolute) is "
                    + (isName
                        ? "the name of an image, which goes with its next conversion where it is a former one"
                        : "no directory"),
                way
            )
        }
        for name in names {
            guard let there = contents[name.path], !ImageName.isOne(target: there),
                // A directory goes with the last name in it.
                !plan.removals.contains(where: { $0.path.starts(with: name.path) })
            else { continue }
            // A directory may be full of other images' names: nobody is told to remove it.
            let fault =
                "\(name.path.absolute) in \(publisher.fqrn) is "
                + (there.isEmpty ? "a directory" : "no name that Wafer made")
            throw refusal(fault, there.isEmpty ? nil : name.path)
        }
    }

    private func refusal(_ fault: String, _ path: BytePath?) -> ConversionError {
        let fqrn = publisher.fqrn
        let other =
            chosen == nil
            ? "choose other names with `wafer repository set \(fqrn) --names TEMPLATE`" : "name another path with --as"
        let removal = path.map { ", or remove what is there with `wafer repository rm \(fqrn) \($0.absolute)`" } ?? ""
        return ConversionError("\(fault): \(other)\(removal)")
    }
}
