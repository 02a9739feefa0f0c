import Plumbing

/// One entry of the errors that a registry sends with a failure (distribution specification, "Error Codes").
package struct RemoteDiagnostic: Sendable, Equatable, CustomStringConvertible {
    /// `MANIFEST_UNKNOWN`, empty for a text that is not in the specification's form. Printable.
    package let code: String
    /// The registry's words. Printable, at most 200 characters.
    package let message: String

    /// Code and words.
    package var description: String {
        [code, message].filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// Error bodies are read up to here.
    static let maximumBodySize = 64 << 10
    private static let maximumCount = 3

    /// What a body says: the errors in it, or the text of a body that is just a text. Web pages say nothing.
    static func read(_ body: [UInt8], contentType: String?, hiding secrets: Secrets) -> [RemoteDiagnostic] {
        func shown(_ text: String, limit: Int) -> String { Printable.text(secrets.hidden(in: text), limit: limit) }

        // A body that is not JSON is no error here: it is shown as what it is.
        if let document = try? JSONValue(parsing: body) {
            let errors = document.object?["errors"]?.array ?? []
            return errors.prefix(maximumCount).compactMap { entry in
                guard let members = entry.object else { return nil }
                let remark = RemoteDiagnostic(
                    code: shown(members["code"]?.string ?? "", limit: 60),
                    message: shown(members["message"]?.string ?? "", limit: 200)
                )
                return remark.description.isEmpty ? nil : remark
            }
        }
        let text = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if text.isEmpty || text.hasPrefix("<") || contentType?.lowercased().contains("html") == true { return [] }
        return [RemoteDiagnostic(code: "", message: shown(text, limit: 200))]
    }
}
