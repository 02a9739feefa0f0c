import Foundation
import Logging
import State
import SystemPackage
import TestSupport

/// Values that many tests need.
enum Samples {
    static let logger = Logger(label: "state tests") { _ in SwiftLogNoOpLogHandler() }
    static let now = Date(timeIntervalSince1970: 1_700_000_000)
    static let hub = "registry.hub.docker.com"

    static func user(_ name: String = "foo", at registry: String = "docker.foo.bar.com") -> User {
        User(name: name, registry: registry, canonicalRegistry: registry)
    }

    static func reference(
        _ repository: String = "library/redis",
        tag: String? = "4",
        digest: String? = nil,
        user: String? = nil,
        scheme: String = "https",
        registry: String = hub
    ) -> StoredReference {
        let name = tag.map { ":\($0)" } ?? ""
        return StoredReference(
            text: "\(scheme)://\(registry)/\(repository)\(name)\(digest.map { "@\($0)" } ?? "")",
            user: user,
            place: RegistryPlace(
                scheme: scheme,
                registry: registry,
                canonicalRegistry: canonical(registry)
            ),
            repository: repository,
            tag: tag,
            digest: digest
        )
    }

    /// The same reference, typed otherwise.
    static func typed(_ text: String, _ reference: StoredReference) -> StoredReference {
        StoredReference(
            text: text,
            user: reference.user,
            place: reference.place,
            repository: reference.repository,
            tag: reference.tag,
            digest: reference.digest
        )
    }

    static func digest(_ character: Character) -> String {
        "sha256:" + String(repeating: character, count: 64)
    }

    static let input = ConversionInput(
        referenceDigest: digest("a"),
        manifestDigest: digest("b"),
        platform: "linux/amd64",
        configDigest: digest("c")
    )

    static func canonical(_ registry: String) -> String {
        ["docker.io", "index.docker.io"].contains(registry) ? hub : registry.lowercased()
    }

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// A small grammar of references, as the command line has a large one.
    static let rules = ReferenceRules(
        canonicalRegistry: { registry in
            guard !registry.contains("/") else { throw Malformed(description: "a host holds no slash") }
            return canonical(registry)
        },
        reference: { name, user in
            let pattern =
                /(https?):\/\/([^\/]+)\/([a-z0-9]+(?:[\/._-][a-z0-9]+)*)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?/
            guard let match = try pattern.wholeMatch(in: name) else { throw Malformed(description: "not a reference") }
            return StoredReference(
                text: name,
                user: user,
                place: RegistryPlace(
                    scheme: String(match.1),
                    registry: String(match.2),
                    canonicalRegistry: canonical(String(match.2))
                ),
                repository: String(match.3),
                tag: match.4.map(String.init),
                digest: match.5.map(String.init)
            )
        }
    )
}

extension StateDatabase {
    /// Initialises the folder's database and opens it.
    static func make(in folder: TemporaryFolder) async throws -> StateDatabase {
        _ = try await initialize(in: folder)
        return try await open(in: folder)
    }

    static func open(in folder: TemporaryFolder, waitingUpTo seconds: TimeInterval = 60) async throws -> StateDatabase {
        try await open(at: folder.database, vaultKey: folder.key, waitingUpTo: seconds, logger: Samples.logger)
    }

    static func initialize(
        in folder: TemporaryFolder,
        waitingUpTo seconds: TimeInterval = 60
    ) async throws -> InitializationReport {
        try await initialize(
            at: folder.database,
            vaultKey: folder.key,
            rules: Samples.rules,
            waitingUpTo: seconds,
            logger: Samples.logger
        )
    }

    /// Adds the desiderata of the document.
    func addSample(_ repository: String = "cd.cern.ch") async throws -> Desiderata {
        try await wishes.addDesiderata(
            input: Samples.reference(),
            output: Samples.reference("thin/redis", user: "foo", registry: "gitlab-registry.cern.ch"),
            cvmfsRepository: repository,
            at: Samples.now
        )
    }
}
