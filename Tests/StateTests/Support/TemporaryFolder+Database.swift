import Foundation
import SystemPackage
import TestSupport

/// What lies in the folder of a test of the database.
extension TemporaryFolder {
    var database: FilePath { path.appending("state.sqlite") }
    var key: FilePath { path.appending("config/wafer/credentials.key") }

    /// Every file below the folder.
    var files: [FilePath] {
        let names = FileManager.default.enumerator(atPath: path.string)?.compactMap { $0 as? String } ?? []
        return names.map { path.appending($0) }.filter { (try? Stat($0).type) == .regular }
    }

    /// The names of the files that hold `text`, in any encoding of it.
    func filesHolding(_ text: String) throws -> [String] {
        let bytes = Data(text.utf8)
        let forms = [bytes, Data(bytes.base64EncodedString().utf8)]
        return try files.filter { file in
            let content = try Data(contentsOf: URL(filePath: file.string))
            return forms.contains { content.range(of: $0) != nil }
        }.compactMap { $0.lastComponent?.string }
    }
}
