import OCI
import Registry
import State

/// Pushing thin images.
extension Converter {
    /// Pushes a thin image, in OCI form where the registry takes no other and the operator named none. Returns its digest.
    func push(_ push: ThinImagePush) async throws -> Digest {
        let reference = try ImageReference(push.name.reference)
        let credentials = try await state.credentials(for: push.name.reference)
        let thin = push.image
        for (bytes, descriptor) in [
            (thin.layer, thin.layerDescriptor), (thin.configuration, thin.configurationDescriptor),
        ] {
            _ = try await registry.push(
                blob: bytes,
                digest: descriptor.digest,
                to: reference,
                credentials: credentials
            )
        }
        let digest = try await pushManifest(of: thin, to: reference, credentials)
        report(.pushed(reference, digest))
        return digest
    }

    private func pushManifest(
        of thin: ThinImage,
        to reference: ImageReference,
        _ credentials: RegistryCredentials?
    ) async throws -> Digest {
        func push(_ thin: ThinImage) async throws -> Digest {
            try await registry.push(
                manifest: thin.manifest,
                mediaType: thin.form.manifest,
                to: reference,
                credentials: credentials
            )
        }
        if options.thinForm != nil { return try await push(thin) }
        if forms.form(for: reference) == .oci { return try await push(thin.inForm(.oci)) }
        do {
            return try await push(thin)
        } catch let refusal as RegistryError where RegistryForms.mayBeOfTheForm(refusal) {
            let digest: Digest
            do {
                digest = try await push(thin.inForm(.oci))
            } catch let second as RegistryError where RegistryForms.mayBeOfTheForm(second) {
                // It was not the form: what was said of Docker's, which is the usual one, counts.
                throw refusal
            }
            forms.takesOnlyOCI(reference)
            report(.dockerFormRefused(reference))
            return digest
        }
    }
}
