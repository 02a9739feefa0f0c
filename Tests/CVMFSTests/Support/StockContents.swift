import CVMFS
import Foundation
import SystemPackage
import Testing

/// The stock repository in memory, with its keys: unpacked once for all tests.
struct StockContents: Sendable {
    let repositoryKey: PrivateKey
    let masterKey: PrivateKey
    let certificate: Certificate
    /// The storage's files by their paths.
    let files: [String: [UInt8]]

    static func load() async throws -> StockContents { try await loaded.value }

    private static let loaded = Task {
        try await withStockRepository { stock in
            let names = try #require(FileManager.default.enumerator(atPath: stock.storage.string))
                .compactMap { $0 as? String }
            var files: [String: [UInt8]] = [:]
            for name in names {
                let file = stock.storage.appending(name)
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: file.string, isDirectory: &isFolder), !isFolder.boolValue
                else { continue }
                files[name] = try file.contents()
            }
            return StockContents(
                repositoryKey: try PrivateKey(file: stock.key("key")),
                masterKey: try PrivateKey(file: stock.key("masterkey")),
                certificate: try Certificate(file: stock.key("crt")),
                files: files
            )
        }
    }
}
