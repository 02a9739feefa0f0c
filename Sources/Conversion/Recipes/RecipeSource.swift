import CLinux
package import Foundation
import Glibc
package import OCI
import Plumbing
package import Recipes
package import Registry
package import SystemPackage

/// Where a recipe is: a file of this machine, or a web server.
package enum RecipeSource: Sendable, Equatable, CustomStringConvertible {
    /// A file, by its absolute path.
    case file(FilePath)
    /// An address that begins with `https://`.
    case web(String)

    /// A source as somebody names it; relative paths are below `folder`. Throws ``ConversionError`` for other schemes.
    package init(_ text: String, folder: FilePath) throws {
        if text.hasPrefix("https://") {
            self = .web(text)
            return
        }
        guard !text.contains("://") else {
            throw ConversionError(
                "the recipe \(Printable.text(text)) has an address that is not read: name a file, or one that begins with "
                    + "https://, so that nobody on the way can change it"
            )
        }
        let path = FilePath(text)
        self = .file((path.isAbsolute ? path : folder.pushing(path)).lexicallyNormalized())
    }

    /// The path or the address: the recipe's name.
    package var description: String {
        switch self {
        case .file(let path): path.string
        case .web(let address): address
        }
    }

    /// Reads the text, all of it; `known` where that is still the same.
    ///
    /// Throws ``ConversionError`` for a file that cannot be read and ``RegistryError`` for an address.
    package func read(
        after known: RecipeText? = nil,
        _ web: @Sendable () throws -> WebReader
    ) async throws -> RecipeText {
        switch self {
        case .file(let path):
            return try await BlockingExecutor.shared.run {
                let (bytes, modified) = try Self.content(of: path)
                if let known, try Digest.sha256(of: bytes) == known.digest { return known }
                return try RecipeText(bytes, etag: nil, modified: modified)
            }
        case .web(let address):
            let document = try await web().document(address, limit: Recipe.longest, unless: known?.etag)
            if let document {
                // Without this, a list would take the words of a page for images.
                guard document.contentType.map(Self.isOfWebPages) != true else {
                    throw ConversionError(
                        "\(Printable.text(address)) answers with a web page, and not with a recipe: name the address of the text "
                            + "itself"
                    )
                }
                return try RecipeText(document.bytes, etag: document.etag)
            }
            guard let known else { throw ConversionError("\(Printable.text(address)) has no text that is known") }
            return known
        }
    }

    private static func isOfWebPages(_ contentType: String) -> Bool {
        ["text/html", "application/xhtml"].contains { contentType.lowercased().hasPrefix($0) }
    }

    /// The bytes of a file, and when it was changed last.
    private static func content(of path: FilePath) throws -> ([UInt8], Date) {
        do {
            guard let file = try NamedFile.open(path, links: .anybodys, inherited: true) else {
                throw FileFault.system(.noSuchFileOrDirectory)
            }
            return try file.closeAfter {
                let bytes = try NamedFile.read(file, limit: Recipe.longest)
                var status = stat()
                guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
                let time = status.st_mtim
                return (bytes, Date(timeIntervalSince1970: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9))
            }
        } catch FileFault.tooLarge {
            throw ConversionError(
                "\(Printable.text(path.string)) is larger than \(Recipe.longest >> 20) MiB: make several of it"
            )
        } catch {
            throw ConversionError("cannot read \(Printable.text(path.string)): \(error)")
        }
    }
}

/// The text of a recipe as it was read.
package struct RecipeText: Sendable, Equatable {
    /// What it says.
    package let recipe: Recipe
    /// As it was read.
    let bytes: [UInt8]
    /// The digest of its bytes.
    package let digest: Digest
    /// What its web server calls this version of it.
    package let etag: String?
    /// When its file was changed last; nil for what a web server sent.
    package let modified: Date?

    /// Reads bytes. Throws only where they cannot be hashed: what is wrong with the recipe is in its faults.
    package init(_ bytes: [UInt8], etag: String?, modified: Date? = nil) throws {
        self.bytes = bytes
        recipe = Recipe(parsing: String(decoding: bytes, as: UTF8.self))
        digest = try Digest.sha256(of: bytes)
        self.etag = etag
        self.modified = modified
    }

    private init(_ recipe: Recipe, _ text: RecipeText) {
        self.recipe = recipe
        (bytes, digest, etag, modified) = (text.bytes, text.digest, text.etag, text.modified)
    }

    /// The same with what a command says of all images. Throws ``RecipeFault`` where the text says that itself.
    package func with(_ defaults: RecipeDefaults) throws(RecipeFault) -> RecipeText {
        RecipeText(try recipe.with(defaults), self)
    }
}
