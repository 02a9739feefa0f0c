import Foundation
import Plumbing
import SystemPackage

/// A file with credentials as docker (`config.json`) and podman (`auth.json`) write it.
struct AuthFile: Sendable {
    /// A place where such a file may be.
    struct Place: Sendable, Equatable {
        let path: FilePath
        /// The variable that names this very file: then it has to be there.
        let variable: String?
    }

    private struct Entry: Sendable {
        let name: String
        let key: CredentialKey
        let members: JSONReader
    }

    private static let sizeLimit = 1 << 20

    private let path: FilePath
    private let entries: [Entry]
    private let helpers: [(key: CredentialKey, text: String, program: String)]
    private let store: String?

    /// The files that an environment leads to, docker's first.
    static func places(_ environment: [String: String]) throws -> [Place] {
        func folder(_ variable: String, _ more: String) -> Place? {
            environment[variable].map { Place(path: FilePath($0).appending(more), variable: nil) }
        }
        var places = [folder("DOCKER_CONFIG", "config.json") ?? folder("HOME", ".docker/config.json")]
        if let file = environment["REGISTRY_AUTH_FILE"] {
            places.append(Place(path: FilePath(file), variable: "REGISTRY_AUTH_FILE"))
        } else {
            places.append(folder("XDG_RUNTIME_DIR", "containers/auth.json"))
            places.append(
                folder("XDG_CONFIG_HOME", "containers/auth.json") ?? folder("HOME", ".config/containers/auth.json")
            )
        }
        return places.compactMap(\.self)
    }

    /// Reads a file; nil where there is none. Throws ``CredentialsError``.
    static func load(_ place: Place) async throws -> AuthFile? {
        try await BlockingExecutor.shared.run {
            guard let bytes = try read(place) else { return nil }
            do {
                return try AuthFile(path: place.path, bytes)
            } catch let error as JSONError {
                throw CredentialsError("\(place.path): \(error)")
            }
        }
    }

    private static func read(_ place: Place) throws -> [UInt8]? {
        var fault = FileFault.system(.noSuchFileOrDirectory)
        do {
            let bytes = try NamedFile.read(
                place.path,
                limit: sizeLimit,
                links: .ofTheFolder,
                inherited: place.variable != nil
            )
            if let bytes { return bytes }
        } catch let error as FileFault {
            fault = error
        }
        let isMissing = [.system(.noSuchFileOrDirectory), .system(.notDirectory)].contains(fault)
        if isMissing, place.variable == nil { return nil }
        let origin = place.variable.map { " (\($0))" } ?? ""
        throw CredentialsError("cannot read credentials from \(place.path)\(origin): \(fault)")
    }

    private init(path: FilePath, _ bytes: [UInt8]) throws {
        self.path = path
        let document = try JSONReader(parsing: bytes, kind: "file of credentials")
        entries = try Self.members(document, "auths").compactMap { name, members in
            CredentialKey(name).map { Entry(name: name, key: $0, members: members) }
        }
        helpers = try Self.members(document, "credHelpers").compactMap { name, program in
            let program = try program.string()
            return CredentialKey(name).map { ($0, name, program) }
        }
        let store = try document.optional("credsStore")?.string() ?? ""
        self.store = store.isEmpty ? nil : store
    }

    /// The members of an object in the document, by name; none where it is missing.
    private static func members(_ document: JSONReader, _ name: String) throws -> [(String, JSONReader)] {
        guard let reader = try document.optional(name) else { return [] }
        return try reader.object().keys.sorted().compactMap { key in try reader.optional(key).map { (key, $0) } }
    }

    /// The user for a repository: of the registry's own helper, of the helper for all, of the file itself.
    func credentials(
        _ host: String,
        _ repository: String?,
        _ programs: CredentialHelpers
    ) async throws -> RegistryCredentials? {
        let own = helpers.compactMap { helper in helper.key.fit(host, repository).map { ($0, helper) } }
            .max { $0.0 < $1.0 }?.1
        if let own {
            let helper = CredentialHelper(name: own.program, place: "credHelpers[\"\(own.text)\"] in \(path)")
            if let found = try await programs.credentials(helper, server: own.text, of: own.key) { return found }
        }
        if let store, let key = CredentialKey(host) {
            let helper = CredentialHelper(name: store, place: "credsStore in \(path)")
            // The name under which docker keeps the credentials of its own registry.
            let server = host == "docker.io" ? "https://index.docker.io/v1/" : host
            if let found = try await programs.credentials(helper, server: server, of: key) { return found }
        }
        let fitting = entries.compactMap { entry in entry.key.fit(host, repository).map { ($0, entry) } }
            .sorted { $0.0 > $1.0 }
        for (_, entry) in fitting {
            do {
                if let found = try credentials(entry) { return found }
            } catch let error as JSONError {
                throw CredentialsError("\(path): \(error)")
            }
        }
        return nil
    }

    /// Nil for an entry without a secret: docker writes those where a helper has it.
    private func credentials(_ entry: Entry) throws -> RegistryCredentials? {
        func text(_ member: String) throws -> String? {
            let text = try entry.members.optional(member)?.string() ?? ""
            return text.isEmpty ? nil : text
        }
        var (user, password) = (try text("username"), try text("password"))
        if let auth = try text("auth") {
            // Docker pads with zeros.
            guard let clear = Data(base64Encoded: auth).flatMap({ String(bytes: $0, encoding: .utf8) }),
                let colon = clear.utf8.firstIndex(of: UInt8(ascii: ":"))
            else {
                throw CredentialsError(
                    "\(path): auths[\"\(Printable.text(entry.name, limit: 200))\"].auth is not the base64 form of "
                        + "USER:PASSWORD: log in anew with docker or podman"
                )
            }
            user = String(clear[..<colon])
            password = String(clear[clear.utf8.index(after: colon)...].filter { $0 != "\0" })
        }
        let (identity, bearer) = (try text("identitytoken"), try text("registrytoken"))
        guard let secret = bearer ?? identity ?? password, !secret.isEmpty else { return nil }
        return RegistryCredentials(
            host: entry.key.host,
            username: user ?? CredentialHelper.tokenUser,
            secret: secret,
            kind: bearer != nil ? .registryToken : identity != nil ? .identityToken : .password,
            allowsPlainHTTP: entry.key.isPlainHTTP,
            source: "\(path)"
        )
    }
}
