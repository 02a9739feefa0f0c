import Glibc
import Synchronization
package import SystemPackage

/// The standard error, where messages go, with lines below them that change.
///
/// Everything that is written to a terminal goes through here, so that nothing lands in the middle of a bar. Where
/// nothing is shown, messages are written as they are.
package final class Screen: Sendable {
    /// Draws lines for the window as it is when they are written.
    package typealias Picture = @Sendable (WindowSize) -> [String]

    /// The process's standard error.
    package static let standardError = Screen(.standardError)

    private let output: FileDescriptor
    private let picture = Mutex<Picture?>(nil)

    /// A screen on a descriptor.
    package init(_ output: FileDescriptor) {
        self.output = output
    }

    /// Draws these lines from now on, and now.
    package func show(_ picture: @escaping Picture) {
        self.picture.withLock {
            $0 = picture
            put(ScreenText.draw(lines(picture)))
        }
    }

    /// Removes the lines.
    package func clear() {
        picture.withLock {
            if $0 != nil { put(ScreenText.draw([])) }
            $0 = nil
        }
    }

    /// Writes text of whole lines, above those that change. In one piece: several processes may share the file.
    package func write(_ text: String) {
        picture.withLock { picture in
            put(picture.map { ScreenText.write(text, above: lines($0)) } ?? text)
        }
    }

    /// Lets something else write to the same terminal, whole lines only.
    package func yield<Result>(_ body: () throws -> Result) rethrows -> Result {
        try picture.withLock { picture in
            guard let picture else { return try body() }
            put(ScreenText.draw([]))
            defer { put(ScreenText.draw(lines(picture))) }
            return try body()
        }
    }

    private func lines(_ picture: Picture) -> [String] { picture(.of(output.rawValue)) }

    private func put(_ text: String) {
        // There is no other place to complain to.
        _ = try? output.writeAll(text.utf8)
    }
}
