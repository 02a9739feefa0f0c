import OCI
import Registry
import Synchronization

/// In which form registries take thin images: one that has refused Docker's is not asked again.
final class RegistryForms: Sendable {
    private let onlyOCI = Mutex<Set<String>>([])

    /// The form for a registry, where the operator named none.
    func form(for reference: ImageReference) -> ThinForm {
        onlyOCI.withLock { $0.contains(reference.canonicalHost) } ? .oci : .docker
    }

    /// Notes that a registry takes OCI's form and not Docker's.
    func takesOnlyOCI(_ reference: ImageReference) {
        _ = onlyOCI.withLock { $0.insert(reference.canonicalHost) }
    }

    /// Whether an error may be about the form of a manifest (distribution specification, "Pushing Manifests", "Error Codes").
    static func mayBeOfTheForm(_ error: RegistryError) -> Bool {
        error.status == 415 || error.remarks.contains { $0.code == "MANIFEST_INVALID" }
    }
}
