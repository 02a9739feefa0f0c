/// What one preparation is to become in a revision.
package struct PreparedEdits {
    /// Where its objects are.
    let preparation: Preparation
    /// Makes the edits, or throws.
    let apply: (Transaction) throws -> Void

    /// Takes both.
    package init(_ preparation: Preparation, _ apply: @escaping (Transaction) throws -> Void) {
        self.preparation = preparation
        self.apply = apply
    }
}
