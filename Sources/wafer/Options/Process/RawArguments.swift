import Glibc
import Plumbing

/// Arguments as the bytes they are: Swift's strings lose what is not UTF-8, and file names may hold any byte.
enum RawArguments {
    /// A path that was typed as this argument.
    ///
    /// Throws `BytePath.Invalid` for one with `..`.
    static func path(_ text: String) throws -> BytePath {
        let bytes = bytes(of: text)
        if bytes.elementsEqual(text.utf8) { return try BytePath(text) }
        let parts = bytes.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        guard let path = BytePath(components: parts.map(Array.init)) else { return try BytePath(text) }
        return path
    }

    /// The bytes of the argument that reads as `text`.
    private static func bytes(of text: String) -> [UInt8] {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            let raw = UnsafeRawBufferPointer(start: argument, count: Int(strlen(argument)))
            if String(decoding: raw, as: UTF8.self) == text { return Array(raw) }
        }
        return Array(text.utf8)
    }
}
