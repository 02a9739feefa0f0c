import Logging
package import OCI
import Plumbing

/// Who can read an image.
extension RegistryClient {
    /// Who can read an image at its own registry.
    package enum Readers: Sendable, Equatable {
        /// Nobody has to log in.
        case everybody
        /// Users only, or those with a certificate: what the registry said to somebody who showed neither.
        case users(RegistryError)
    }

    /// Who can read an image, by its digest where it has one.
    ///
    /// Where neither a user nor a certificate is known for its registry or a mirror of it, nothing is asked: everybody reads
    /// it as this program does. Otherwise the registry itself is asked once more, without them. Mirrors are not: what they
    /// give to everybody, they may have got as a user.
    ///
    /// Throws ``RegistryError`` where the registry does not tell.
    package func readers(
        of reference: ImageReference,
        credentials: RegistryCredentials?
    ) async throws -> Readers {
        guard try await mayShowWho(reference, credentials) else { return .everybody }
        let source = RegistrySource(reference: reference, credentials: nil, isMirror: false, isAnonymous: true)
        do {
            if try await saidDigest(by: source) == nil { _ = try await manifest(from: source) }
            return .everybody
        } catch let error as RegistryError where Self.isRefusal(error) {
            return .users(error)
        }
    }

    /// Whether something else may have been sent than everybody sends.
    private func mayShowWho(_ reference: ImageReference, _ credentials: RegistryCredentials?) async throws -> Bool {
        if credentials != nil { return true }
        let mirrors = settings.hosts.settings(for: reference)?.mirrors ?? []
        // A mirror that cannot have the image's name gives it to nobody.
        let copies = mirrors.compactMap { try? $0.reference(to: reference) }
        for (place, isMirror) in [(reference, false)] + copies.map({ ($0, true) }) {
            do {
                if try await authentication.hasUser(for: place, isMirror: isMirror) { return true }
                if try await showsCertificate(to: place) { return true }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                // What cannot be read may be somebody's: whether it is needed the registry tells.
                logger.debug(
                    "credentials cannot be read",
                    metadata: ["host": "\(place.canonicalHost)", "error": "\(error)"]
                )
                return true
            }
        }
        return false
    }

    /// Whether an answer means that somebody else may be let in.
    private static func isRefusal(_ error: RegistryError) -> Bool {
        switch error.code {
        case .unauthorized, .denied, .notFound, .refused, .unsupportedAuthentication:
            error.status.map { (400..<500).contains($0) } ?? false
        default: false
        }
    }
}

extension RegistryClient {
    /// Whether this program shows a certificate to an image's registry. Throws `TLSMaterial.Fault` where that cannot be read.
    private func showsCertificate(to reference: ImageReference) async throws -> Bool {
        guard reference.scheme == .https else { return false }
        let host = reference.canonicalHost
        let start = settings.hosts.hosts[host] ?? HostSettings()
        if start.clientCertificate != nil { return true }
        let folders = settings.certificates
        guard !folders.isEmpty else { return false }
        return try await BlockingExecutor.shared.run {
            var wanted = start
            for folder in folders { try folder.add(to: &wanted, host: host) }
            return wanted.clientCertificate != nil
        }
    }
}
