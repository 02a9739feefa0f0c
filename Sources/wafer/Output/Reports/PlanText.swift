import Conversion
import OCI
import Plumbing
import State

/// What a conversion would do, for `--dry-run`.
enum PlanText {
    /// A line about the whole, one for each layer, and one about the thin image.
    static func text(_ plan: Plan, of desiderata: Desiderata) -> String {
        let name = ConversionSummary.name(desiderata)
        if plan.isUpToDate { return "\(name): up to date\n" }
        let repository = desiderata.cvmfsRepository
        let headline =
            plan.needsPublication
            ? "would download \(plan.missing.count) of \(Counted.text(plan.layers.count, "layer")), "
                + "\(ByteCount.text(plan.bytesToDownload)), and publish them in \(repository)"
            : "is in \(repository) already"
        let missing = Set(plan.missing.map(\.descriptor.digest))
        let layers = plan.layers.map { layer in
            let word = missing.contains(layer.descriptor.digest) ? "new  " : "known"
            return "  \(word)  \(layer.descriptor.digest)  \(ByteCount.text(layer.descriptor.size))\n"
        }
        let text = "\(name): \(headline)\n\(layers.joined())"
        return plan.pushes.reduce(text) { text, push in
            text + "  would push \(Cell.text(push.name.text).field) as \(push.image.digest)\n"
        }
    }
}
