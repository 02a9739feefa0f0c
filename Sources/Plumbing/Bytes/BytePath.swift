/// A relative, normalised path as raw bytes.
///
/// File names are bytes: two names that Unicode calls equal are different files, so nothing here is a `String`
/// (docs/decisions/015-bytes-not-strings.md). The empty path is the root. No component is empty, `.` or `..`, or holds
/// a slash or NUL.
package struct BytePath: Hashable, Sendable {
    /// The components joined by slashes, without a leading one.
    package let bytes: [UInt8]

    static let slash = UInt8(ascii: "/")

    /// The root.
    package init() {
        bytes = []
    }

    /// A path of these components; nil where one of them cannot be a file name.
    package init?(components: some Sequence<some Collection<UInt8>>) {
        var joined: [UInt8] = []
        for component in components {
            guard Self.isName(component) else { return nil }
            if !joined.isEmpty { joined.append(Self.slash) }
            joined.append(contentsOf: component)
        }
        bytes = joined
    }

    /// A path typed by a person: leading, doubled and trailing slashes and `.` do not count, `..` is refused.
    package init(_ text: String) throws {
        let components = text.utf8.split(separator: Self.slash).filter { !$0.elementsEqual(".".utf8) }
        guard let path = BytePath(components: components.map(Array.init)) else { throw Invalid(path: text) }
        self = path
    }

    private init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Byte by byte hashing, which arrays do, takes several times as long.
    package func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    /// A path that is not one, as it was given.
    package struct Invalid: Error, Equatable, CustomStringConvertible {
        let path: String

        /// Names the path and the rule.
        package var description: String {
            "path \"\(Printable.text(path))\" is not valid: \"..\" and NUL bytes are not allowed in it"
        }
    }

    /// Whether the bytes can be one file name.
    package static func isName(_ name: some Collection<UInt8>) -> Bool {
        // One pass over the bytes in memory: every entry of a layer comes here, component by component.
        name.withContiguousStorageIfAvailable(isName(buffer:)) ?? Array(name).withUnsafeBufferPointer(isName(buffer:))
    }

    private static func isName(buffer name: UnsafeBufferPointer<UInt8>) -> Bool {
        let dot = UInt8(ascii: ".")
        guard !name.isEmpty, !name.contains(where: { $0 == slash || $0 == 0 }) else { return false }
        return !(name.count <= 2 && name.allSatisfy { $0 == dot })
    }

    /// The names from the root downwards.
    package var components: [[UInt8]] {
        bytes.split(separator: Self.slash).map(Array.init)
    }

    /// Whether this is the root.
    package var isRoot: Bool { bytes.isEmpty }

    /// The number of components.
    package var depth: Int {
        isRoot ? 0 : bytes.reduce(1) { $1 == Self.slash ? $0 + 1 : $0 }
    }

    /// The containing directory, nil for the root.
    package var parent: BytePath? {
        if isRoot { return nil }
        guard let end = bytes.lastIndex(of: Self.slash) else { return BytePath() }
        return BytePath(unchecked: Array(bytes[..<end]))
    }

    /// The directories on the way to it, outermost first, without the root.
    package var ancestors: [BytePath] {
        var ancestors: [BytePath] = []
        var path = parent
        while let directory = path, !directory.isRoot {
            ancestors.append(directory)
            path = directory.parent
        }
        return ancestors.reversed()
    }

    /// The last component, empty for the root.
    package var name: [UInt8] {
        guard let end = bytes.lastIndex(of: Self.slash) else { return bytes }
        return Array(bytes[(end + 1)...])
    }

    /// The path of an entry of this directory. The name must satisfy ``isName(_:)``.
    package func appending(_ name: [UInt8]) -> BytePath {
        precondition(Self.isName(name), "a file name holds no slash or NUL and is not \".\" or \"..\"")
        return BytePath(unchecked: isRoot ? name : bytes + [Self.slash] + name)
    }

    /// The other path below this one.
    package func appending(_ path: BytePath) -> BytePath {
        if isRoot { return path }
        return path.isRoot ? self : BytePath(unchecked: bytes + [Self.slash] + path.bytes)
    }

    /// Whether this path is `ancestor` or lies below it.
    package func starts(with ancestor: BytePath) -> Bool {
        guard bytes.starts(with: ancestor.bytes) else { return false }
        return ancestor.isRoot || bytes.count == ancestor.bytes.count || bytes[ancestor.bytes.count] == Self.slash
    }

    /// The path of this entry seen from `ancestor`, nil where it does not lie there.
    package func relative(to ancestor: BytePath) -> BytePath? {
        guard starts(with: ancestor) else { return nil }
        if ancestor.isRoot { return self }
        return BytePath(unchecked: Array(bytes.dropFirst(ancestor.bytes.count + 1)))
    }
}

extension BytePath: Comparable {
    /// Orders component by component, so that a directory comes directly before what lies below it.
    package static func < (left: BytePath, right: BytePath) -> Bool {
        for (a, b) in zip(left.bytes, right.bytes) where a != b {
            // A slash ends a component, so it sorts before every byte that a name can hold.
            if a == slash { return true }
            if b == slash { return false }
            return a < b
        }
        return left.bytes.count < right.bytes.count
    }
}

extension BytePath: CustomStringConvertible {
    /// Printable text; what is not UTF-8, and control characters, escaped.
    package var description: String {
        isRoot ? "/" : Printable.text(bytes, limit: 4096)
    }

    /// The path from the root of its repository, `/` and all: for messages to people, who type it so.
    package var absolute: String { isRoot ? "/" : "/\(self)" }
}
