import Plumbing

/// Text with a signature behind it, the form of both the manifest and the whitelist (docs/cvmfs-format.md §2.1, §2.2):
/// the text, a line `--`, a line with the text's hash, and the signature's raw bytes to the end of the file.
package struct SignedText: Sendable, Equatable {
    /// The signed lines with the last line feed.
    package let body: [UInt8]
    /// The hash line: what the signature is over.
    package let hashText: String
    /// As long as the key.
    package let signature: [UInt8]

    private static let separator = Array("--\n".utf8)
    private static let lineFeed = UInt8(ascii: "\n")

    /// Takes the file apart. `what` names it in errors. Throws ``CVMFSError`` where a part is missing or the body does
    /// not have the hash that it shows; whose signature it is remains to be asked.
    init(parsing bytes: [UInt8], _ what: String) throws {
        guard let split = Self.endOfBody(bytes) else {
            throw CVMFSError(.corrupt, "\(what) is not signed: it has no line \"--\"")
        }
        let block = bytes[(split + Self.separator.count)...]
        guard let end = block.firstIndex(of: Self.lineFeed), end + 1 < block.endIndex else {
            throw CVMFSError(.corrupt, "\(what) is cut: no signature behind the line \"--\"")
        }
        body = Array(bytes[..<split])
        hashText = String(decoding: block[..<end], as: UTF8.self)
        signature = Array(block[(end + 1)...])
        guard let shown = ContentHash(hashText) else {
            throw CVMFSError(.corrupt, "\(what) shows \"\(Printable.text(hashText))\" where its hash should stand")
        }
        let actual = try ContentHash(shown.algorithm, of: body)
        guard actual == shown else {
            throw CVMFSError(.corrupt, "\(what) is damaged: its hash is \(actual), and it says \(shown)")
        }
    }

    /// Signs a text. `signature` gets the text of its hash.
    init(body: [UInt8], _ algorithm: HashAlgorithm, signature: (String) throws -> [UInt8]) throws {
        self.body = body
        hashText = try ContentHash(algorithm, of: body).description
        self.signature = try signature(hashText)
    }

    /// The file's bytes.
    var bytes: [UInt8] {
        body + Self.separator + Array(hashText.utf8) + [Self.lineFeed] + signature
    }

    /// The lines of the body as bytes, without their line feeds.
    var lines: [ArraySlice<UInt8>] {
        body.split(separator: Self.lineFeed, omittingEmptySubsequences: false).dropLast()
    }

    /// Behind the first line feed that a line `--` follows: the same search as in the stock reader.
    private static func endOfBody(_ bytes: [UInt8]) -> Int? {
        let mark = [lineFeed] + separator
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count)).first { bytes[$0...].starts(with: mark) }.map { $0 + 1 }
    }
}
