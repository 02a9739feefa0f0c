import Conversion
import OCI
import State

extension ReferenceRules {
    /// How `OCI` reads the names that the original program stored.
    static let references = ReferenceRules(
        canonicalRegistry: { try RegistryHost(parsing: $0).canonical() },
        reference: { StoredReference(try ImageReference(parsing: $0), user: $1) }
    )
}
