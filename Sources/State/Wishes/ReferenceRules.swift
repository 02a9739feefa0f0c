/// How to read what the original program stored as text.
///
/// This module does not know the grammar of references; the caller does.
package struct ReferenceRules: Sendable {
    /// The canonical host of a registry; throws, saying why, when it is none.
    package let canonicalRegistry: @Sendable (_ registry: String) throws -> String
    /// The parts of a whole name, `scheme://registry/repository[:tag][@digest]`; throws, saying why, when it is none.
    package let reference: @Sendable (_ wholeName: String, _ user: String?) throws -> StoredReference

    /// Rules by their two functions.
    package init(
        canonicalRegistry: @escaping @Sendable (String) throws -> String,
        reference: @escaping @Sendable (String, String?) throws -> StoredReference
    ) {
        self.canonicalRegistry = canonicalRegistry
        self.reference = reference
    }
}
