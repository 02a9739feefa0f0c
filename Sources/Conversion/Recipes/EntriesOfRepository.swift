import OCI
import Recipes
import State

/// What the entries of one image repository say of its images that none of them selects.
struct EntriesOfRepository {
    /// The entry that keeps them longest; nil where no entry is of this image repository.
    let entry: RecipeEntry?
    /// Why all of them stay as they are; nil where there is no reason.
    let reasonToKeep: String?
    /// Why tags of the registry are not selected; nil where no entry has rules.
    private let reasons: [String: String]?

    init(
        _ repository: String,
        _ recipe: Recipe,
        at places: [Int],
        _ selections: [Int: Result<[TagDecision], any Error>]
    ) {
        let entries = places.map { recipe.entries[$0] }
        let longest = entries.map(\.options.keep).max()
        entry = entries.first { $0.options.keep == longest }
        var (reasons, failure): ([String: String]?, (any Error)?)
        for selection in places.compactMap({ selections[$0] }) {
            switch selection {
            case .success(let decisions):
                let new = Dictionary(decisions.map { ($0.tag, $0.reason) }) { first, _ in first }
                reasons = (reasons ?? [:]).merging(new) { first, _ in first }
            case .failure(let error): failure = failure ?? error
            }
        }
        self.reasons = reasons
        reasonToKeep =
            if let failure {
                "its registry does not tell: \(failure)"
            } else {
                recipe.faults.first { Self.mayName(repository, $0) }.map { "line \($0.position.line) cannot be read" }
            }
    }

    /// Why no entry selects an image.
    func reason(for input: StoredReference) -> String {
        guard entry != nil, let tag = input.tag, input.digest == nil else { return "no entry names it any more" }
        guard let reasons else { return "no entry names this tag any more" }
        return reasons[tag] ?? "the tag left the registry"
    }

    /// Whether an entry that cannot be read may be about an image repository: if its text has the last part of that name, or
    /// nothing is left of it.
    private static func mayName(_ repository: String, _ fault: RecipeFault) -> Bool {
        guard !fault.isPassedOver else { return false }
        guard let text = fault.entry, let last = repository.split(separator: "/").last else { return true }
        return text.lowercased().contains(last)
    }
}
