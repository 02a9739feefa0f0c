import OCI

/// Which images one CVMFS repository shall have, as somebody wrote it down (docs/recipes.md).
package struct Recipe: Sendable, Equatable {
    /// How it is written.
    package enum Form: String, Sendable, CaseIterable {
        /// DUCC's YAML.
        case ducc = "version 1"
        /// Wafer's own YAML.
        case wafer = "version 2"
        /// An image on each line.
        case list
    }

    /// How it is written.
    package let form: Form
    /// The fully qualified name of the repository; nil in a list, which names none.
    package let repository: String?
    /// Where its name stands.
    package let repositoryPosition: RecipePosition?
    /// The most images that it may select; nil for any number.
    package let maximumImages: Int?
    /// The most compressed bytes that the layers of its images may have, each layer once; nil for any number.
    package let maximumBytes: Int64?
    /// What it names, in its order: without entries that cannot be read.
    package let entries: [RecipeEntry]
    /// What is wrong with it, in the order of the text.
    package let faults: [RecipeFault]
    /// What was passed over, as DUCC does, in the order of the text.
    package let remarks: [RecipeFault]

    init(
        form: Form,
        repository: (name: String, position: RecipePosition)?,
        limits: (images: Int?, bytes: Int64?) = (nil, nil),
        entries: [RecipeEntry],
        faults: [RecipeFault],
        remarks: [RecipeFault] = []
    ) {
        self.form = form
        self.repository = repository?.name
        repositoryPosition = repository?.position
        maximumImages = limits.images
        maximumBytes = limits.bytes
        let (entries, conflicts) = Self.unambiguous(entries)
        self.entries = entries
        self.faults = (faults + conflicts).sorted { $0.position < $1.position }
        self.remarks = remarks.sorted { $0.position < $1.position }
    }

    /// The entries without those that want an image otherwise than an earlier one, and what is wrong with these. Tags that rules
    /// select are not known here.
    private static func unambiguous(_ entries: [RecipeEntry]) -> ([RecipeEntry], [RecipeFault]) {
        var first: [String: RecipeEntry] = [:]
        var faults: [RecipeFault] = []
        let left = entries.filter { entry in
            guard entry.tags == nil else { return true }
            guard let winner = first[entry.image.identity] else {
                first[entry.image.identity] = entry
                return true
            }
            let difference = entry.difference(from: winner)
            if difference.isEmpty { return true }
            faults.append(.passedOver(entry, for: winner, difference))
            return false
        }
        return (left, faults)
    }
}
