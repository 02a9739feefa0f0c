import Foundation
import OCI
import Plumbing
import SystemPackage

/// Credentials in variables: Wafer's own, and those of DUCC.
struct EnvironmentCredentials {
    private static let prefix = "WAFER_REGISTRY_"
    /// Far above every password.
    private static let limit = 1 << 20

    private let environment: [String: String]

    /// Empty variables count as none.
    init(_ environment: [String: String]) {
        self.environment = environment.filter { !$0.value.isEmpty }
    }

    /// From `WAFER_REGISTRY_NAME_HOST` with `_USER` and `_PASSWORD` or `_PASSWORD_FILE`, or with `_TOKEN` (a refresh token).
    ///
    /// Throws ``CredentialsError`` for a group that is not complete, whichever registry it is for. Blocks.
    func own(_ host: String, _ repository: String?) throws -> RegistryCredentials? {
        let suffixes = ["_HOST", "_USER", "_PASSWORD", "_PASSWORD_FILE", "_TOKEN"]
        var names: Set<String> = []
        for variable in environment.keys where variable.hasPrefix(Self.prefix) {
            let rest = variable.dropFirst(Self.prefix.count)
            guard let suffix = suffixes.filter(rest.hasSuffix).max(by: { $0.count < $1.count }) else { continue }
            names.insert(String(rest.dropLast(suffix.count)))
        }
        var best: (fit: Int, name: String, key: CredentialKey)?
        for name in names.sorted() {
            let variable = Self.prefix + name
            guard let text = environment["\(variable)_HOST"] else {
                throw CredentialsError("\(variable)_HOST is missing: it names the registry of \(variable)_…")
            }
            guard let key = CredentialKey(text) else {
                throw CredentialsError("\(variable)_HOST must be the host of a registry, as registry.example.org:5000")
            }
            guard let fit = key.fit(host, repository), fit >= best?.fit ?? 0 else { continue }
            if let best, best.fit == fit {
                throw CredentialsError("\(Self.prefix)\(best.name)_HOST and \(variable)_HOST name the same registry")
            }
            best = (fit, name, key)
        }
        guard let best else { return nil }
        return try own(Self.prefix + best.name, best.key)
    }

    private func own(_ variable: String, _ key: CredentialKey) throws -> RegistryCredentials {
        let user = environment["\(variable)_USER"]
        let secrets = ["_PASSWORD", "_PASSWORD_FILE", "_TOKEN"].filter { environment[variable + $0] != nil }
        guard secrets.count == 1, let suffix = secrets.first, let value = environment[variable + suffix] else {
            throw CredentialsError(
                secrets.isEmpty
                    ? "\(variable)_PASSWORD is missing (or _PASSWORD_FILE, or _TOKEN)"
                    : "only one of \(secrets.map { variable + $0 }.joined(separator: ", ")) can be set"
            )
        }
        let secret = suffix == "_PASSWORD_FILE" ? try content(of: value, variable + suffix) : value
        guard suffix == "_TOKEN" || user != nil else {
            throw CredentialsError("\(variable)_USER is missing: \(variable)\(suffix) is somebody's")
        }
        return RegistryCredentials(
            host: key.host,
            username: user ?? CredentialHelper.tokenUser,
            secret: secret,
            kind: suffix == "_TOKEN" ? .identityToken : .password,
            allowsPlainHTTP: key.isPlainHTTP,
            source: "\(variable)_…"
        )
    }

    /// The first line: that is what editors and `systemd-creds` leave.
    private func content(of path: String, _ variable: String) throws -> String {
        func refusal(_ fault: FileFault) -> CredentialsError {
            CredentialsError("cannot read the file that \(variable) names (\(path)): \(fault)")
        }
        let bytes: [UInt8]
        do {
            let file = FilePath(path)
            guard let read = try NamedFile.read(file, limit: Self.limit, links: .ofTheFolder, inherited: true) else {
                throw refusal(.system(.noSuchFileOrDirectory))
            }
            bytes = read
        } catch let fault as FileFault {
            throw refusal(fault)
        }
        let line = String(decoding: bytes, as: UTF8.self).prefix { !$0.isNewline }
        guard !line.isEmpty else { throw CredentialsError("the file that \(variable) names (\(path)) is empty") }
        return String(line)
    }

    /// From `DUCC_AUTH_REGISTRIES=A,B` with `DUCC_A_IDENT`, `_USER` and `_PASS`.
    ///
    /// DUCC takes `_IDENT` for a part of a URL; here it is a host, and perhaps a path, so that no other registry gets the
    /// password. A registry with `_PROXY` has no credentials in DUCC either.
    func ducc(_ host: String, _ repository: String?) throws -> RegistryCredentials? {
        let labels = (environment["DUCC_AUTH_REGISTRIES"] ?? "").split(separator: ",")
        var best: (fit: Int, credentials: RegistryCredentials)?
        for label in labels {
            let variable = "DUCC_\(label.trimmingCharacters(in: .whitespaces))"
            if environment["\(variable)_PROXY"] != nil { continue }
            let parts = ["_IDENT", "_USER", "_PASS"].map { environment[variable + $0] }
            guard let ident = parts[0], let user = parts[1], let password = parts[2] else {
                throw CredentialsError(
                    "DUCC_AUTH_REGISTRIES lists \(label): \(variable)_IDENT, \(variable)_USER and \(variable)_PASS "
                        + "have to be set"
                )
            }
            guard let key = CredentialKey(ident) else {
                throw CredentialsError("\(variable)_IDENT must be the host of a registry, not a part of its URL")
            }
            guard let fit = key.fit(host, repository), fit > best?.fit ?? -1 else { continue }
            best = (
                fit,
                RegistryCredentials(
                    host: key.host,
                    username: user,
                    secret: password,
                    kind: .password,
                    allowsPlainHTTP: key.isPlainHTTP,
                    source: "\(variable)_…"
                )
            )
        }
        return best?.credentials
    }
}
