/// The header `Link` (RFC 8288), as far as lists in pages need it.
package enum LinkHeader {
    /// The target of the first link whose relation is `next`, nil where there is none.
    package static func next(_ values: [String]) -> String? {
        for value in values {
            var rest = Substring(value)
            while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
                let target = rest[rest.index(after: start)..<end]
                let parameters = parameters(rest[rest.index(after: end)...])
                rest = rest[parameters.endIndex...]
                if isNext(parameters) { return String(target) }
            }
        }
        return nil
    }

    /// What belongs to a link: up to the comma before the next one, not one in quotes.
    private static func parameters(_ text: Substring) -> Substring {
        var isQuoted = false
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case "\"": isQuoted.toggle()
            case ",": if !isQuoted { return text[..<index] }
            default: break
            }
            index = text.index(after: index)
        }
        return text
    }

    private static func isNext(_ parameters: Substring) -> Bool {
        parameters.split(separator: ";").contains { parameter in
            let parts = parameter.split(separator: "=", maxSplits: 1).map(trimmed)
            guard parts.count == 2, parts[0].lowercased() == "rel" else { return false }
            return parts[1].lowercased().split(separator: " ").contains("next")
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" || first == "\"" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" || last == "\"" { text.removeLast() }
        return text
    }
}
