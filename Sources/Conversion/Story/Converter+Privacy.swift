import OCI
import Registry
import State

/// Not publishing what is for some people only.
extension Converter {
    /// Throws ``PrivateImage`` where a plan would publish an image that needs credentials, and nobody said that this is meant;
    /// also where that cannot be found out.
    ///
    /// What the desiderata published before stays published. A repository that is for members only is none that everybody
    /// can read.
    func refusePrivate(_ plan: Plan, _ wish: Wish, _ publisher: any Publisher) async throws {
        guard !wish.allowsPrivate, let image = plan.images.first?.image,
            case .registry(let reference) = image.source
        else { return }
        let digest = image.referenceDigest
        if plan.former?.referenceDigest == digest.description { return }
        let refusal: PrivateImage
        do {
            let readers = try await registry.readers(
                of: reference.pinned(to: digest),
                credentials: try await state.credentials(for: wish.input)
            )
            guard case .users(let error) = readers else { return }
            refusal = PrivateImage(wish, error, isKnown: true)
        } catch let error as RegistryError {
            refusal = PrivateImage(wish, error, isKnown: false)
        }
        if try await publisher.membership() != nil { return }
        throw refusal
    }
}
