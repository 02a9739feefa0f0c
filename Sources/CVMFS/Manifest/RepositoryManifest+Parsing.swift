import Plumbing

extension RepositoryManifest {
    /// Reads the file. The body has the hash that it shows, or this throws; the signature remains to be verified by
    /// ``SignedManifest/verify(certificate:)``. Throws ``CVMFSError`` which names the line.
    package static func parse(_ bytes: [UInt8]) throws -> SignedManifest {
        guard bytes.count < sizeLimit else {
            throw CVMFSError(
                .corrupt,
                "the manifest has \(bytes.count) bytes: readers take less than \(sizeLimit)"
            )
        }
        let text = try SignedText(parsing: bytes, "the manifest")
        return SignedManifest(manifest: try RepositoryManifest(lines: text.lines), text: text)
    }

    private init(lines: [ArraySlice<UInt8>]) throws {
        var fields = Fields()
        for line in lines where !line.isEmpty {
            guard let line = String(validating: line, as: UTF8.self) else {
                throw CVMFSError(.corrupt, "the manifest has the line \"\(Printable.text(line))\"")
            }
            fields.add(line)
        }
        guard fields.values["R"] == Self.rootPathHash else { throw fields.error("R") }
        guard let root = try fields.hash("C"), let timeToLive = try fields.number("D"),
            let revision = try fields.number("S")
        else {
            throw CVMFSError(.corrupt, "the manifest is incomplete: it needs the lines C, R, D and S")
        }
        self.init(
            fqrn: fields.values["N"] ?? "",
            root: CatalogReference(hash: root, size: Int64(clamping: try fields.number("B") ?? 0)),
            revision: revision,
            published: Int64(clamping: try fields.number("T") ?? 0),
            timeToLive: UInt32(clamping: timeToLive),
            isGarbageCollectable: try fields.flag("G")
        )
        hasAlternativePaths = try fields.flag("A")
        microCatalog = try fields.hash("L")
        certificate = try fields.hash("X")
        history = try fields.hash("H")
        metainfo = try fields.hash("M")
        reflog = try fields.hash("Y")
        others = fields.others
    }

    /// The lines by their letters; of two with the same letter the last counts, as for stock.
    private struct Fields {
        static let known: Set<Unicode.Scalar> = Set("CBRDSGALNXHTMY".unicodeScalars)
        var values: [Unicode.Scalar: String] = [:]
        var others: [String] = []

        mutating func add(_ line: String) {
            // Not the first `Character`: a combining mark behind the letter would become part of it.
            if let letter = line.unicodeScalars.first, Self.known.contains(letter) {
                values[letter] = String(line.unicodeScalars.dropFirst())
            } else {
                others.append(line)
            }
        }

        func hash(_ letter: Unicode.Scalar) throws -> ContentHash? {
            guard let value = values[letter] else { return nil }
            guard let hash = ContentHash(value) else { throw error(letter) }
            return hash
        }

        func number(_ letter: Unicode.Scalar) throws -> UInt64? {
            guard let value = values[letter] else { return nil }
            guard value.utf8.first != UInt8(ascii: "+"), let number = UInt64(value) else { throw error(letter) }
            return number
        }

        func flag(_ letter: Unicode.Scalar) throws -> Bool {
            switch values[letter] {
            case "yes": true
            case "no", nil: false
            default: throw error(letter)
            }
        }

        func error(_ letter: Unicode.Scalar) -> CVMFSError {
            let value = values[letter].map { "says \"\(Printable.text($0))\" in" } ?? "lacks"
            return CVMFSError(.corrupt, "the manifest \(value) its line \(letter)")
        }
    }
}
