import Foundation
import OCI
import Plumbing
import SystemPackage
import Yams

/// Reads `hosts.yaml` (docs/hosts.md).
package struct HostsFile {
    /// Longer files are refused.
    private static let limit = 1 << 20

    /// What files in it are relative to, and what messages call it.
    private let file: String

    /// Reads a file. Throws ``HostsFileError``, naming the line.
    package static func read(_ file: String) throws -> HostsConfiguration {
        do {
            let path = FilePath(file)
            guard let bytes = try NamedFile.read(path, limit: limit, links: .anybodys, inherited: true) else {
                throw FileFault.system(.noSuchFileOrDirectory)
            }
            return try parse(String(decoding: bytes, as: UTF8.self), file: file)
        } catch FileFault.tooLarge {
            throw HostsFileError(file, line: nil, "is larger than \(limit >> 20) MiB")
        } catch let fault as FileFault {
            throw HostsFileError(file, line: nil, "cannot be read: \(fault)")
        }
    }

    /// Reads its text. Paths in it are relative to the folder of `file`.
    package static func parse(_ text: String, file: String) throws -> HostsConfiguration {
        let reader = HostsFile(file: file)
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw HostsFileError(file, line: nil, "is not YAML: \(Printable.text("\(error)"))")
        }
        guard let root else { return HostsConfiguration() }
        return try reader.configuration(root)
    }

    private func configuration(_ root: Node) throws -> HostsConfiguration {
        var configuration = HostsConfiguration()
        for (key, value) in try mapping(root, "the file") {
            switch try name(key) {
            case "hosts":
                for (key, value) in try mapping(value, "hosts") {
                    let host = try host(key)
                    guard configuration.hosts.updateValue(try settings(value, host), forKey: host) == nil else {
                        throw fault(key, "\(host) is here twice")
                    }
                }
            case "ca-files": configuration.authorities = try paths(value, "ca-files")
            case let other: throw unknown(key, other, ["hosts", "ca-files"])
            }
        }
        return configuration
    }

    private static let keys = [
        "mirrors", "ca-file", "client-certificate", "client-key", "insecure-http", "concurrent", "per-second",
        "pull-reserve", "mirror-user",
    ]

    private func settings(_ node: Node, _ host: String) throws -> HostSettings {
        var settings = HostSettings()
        for (key, value) in try mapping(node, host) {
            let name = try name(key)
            switch name {
            case "mirrors":
                settings.mirrors = try list(value, name).map { item in
                    let text = try self.text(item, "a mirror")
                    do {
                        return try RegistryMirror(parsing: text)
                    } catch let error as OCIError {
                        throw fault(item, "\(Printable.text(text)) is no mirror: \(error)")
                    }
                }
            case "ca-file": settings.authorities = try paths(value, name)
            case "client-certificate": settings.clientCertificate = try path(value, name)
            case "client-key": settings.clientKey = try path(value, name)
            case "insecure-http":
                guard let flag = value.bool else { throw fault(value, "\(name) must be true or false") }
                settings.isInsecure = flag
            case "concurrent": settings.concurrent = try integer(value, name, 1...256)
            case "pull-reserve": settings.pullReserve = try integer(value, name, 0...1_000_000)
            case "mirror-user": settings.mirrorUser = try text(value, name)
            case "per-second":
                guard let number = value.float, number >= 0.01, number <= 10_000 else {
                    throw fault(value, "\(name) must be a number from 0.01 to 10000")
                }
                settings.perSecond = number
            default: throw unknown(key, name, Self.keys)
            }
        }
        if (settings.clientCertificate == nil) != (settings.clientKey == nil) {
            throw fault(node, "\(host) needs client-certificate and client-key together")
        }
        return settings
    }

    private func host(_ key: Node) throws -> String {
        let text = try name(key)
        do {
            return try RegistryHost(parsing: text).canonical()
        } catch let error as OCIError {
            throw fault(key, "\(Printable.text(text)) is no registry host: \(error)")
        }
    }
}

/// Parts of the document.
extension HostsFile {
    private func fault(_ node: Node, _ problem: String) -> HostsFileError {
        HostsFileError(file, line: node.mark?.line, problem)
    }

    private func unknown(_ node: Node, _ name: String, _ known: [String]) -> HostsFileError {
        fault(node, "\(Printable.text(name, limit: 100)) is not known here; known are \(known.joined(separator: ", "))")
    }

    private func name(_ key: Node) throws -> String { try text(key, "a key") }

    private func text(_ node: Node, _ what: String) throws -> String {
        guard let scalar = node.scalar, !scalar.string.isEmpty else { throw fault(node, "\(what) must be a text") }
        return scalar.string
    }

    private func integer(_ node: Node, _ what: String, _ range: ClosedRange<Int>) throws -> Int {
        guard let number = node.int, range.contains(number) else {
            throw fault(node, "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A mapping; nothing at all is an empty one.
    private func mapping(_ node: Node, _ what: String) throws -> [(key: Node, value: Node)] {
        if let scalar = node.scalar, scalar.string.isEmpty { return [] }
        guard let mapping = node.mapping else { throw fault(node, "\(what) must be a mapping (KEY: VALUE)") }
        return mapping.map { ($0.key, $0.value) }
    }

    private func list(_ node: Node, _ what: String) throws -> [Node] {
        guard let sequence = node.sequence else { throw fault(node, "\(what) must be a list (- ITEM)") }
        return Array(sequence)
    }

    private func paths(_ node: Node, _ what: String) throws -> [String] {
        if node.sequence == nil { return [try path(node, what)] }
        return try list(node, what).map { try path($0, what) }
    }

    private func path(_ node: Node, _ what: String) throws -> String {
        let text = try text(node, what)
        return URL(filePath: text, relativeTo: URL(filePath: file).deletingLastPathComponent()).path
    }
}
