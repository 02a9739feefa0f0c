/// A password in clear. Nothing that prints, dumps or interpolates it shows what it is.
package struct Password: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The clear text: for the one place that sends or encrypts it.
    package let revealed: String

    /// Wraps the clear text.
    package init(_ text: String) {
        revealed = text
    }

    /// A placeholder, never the password.
    package var description: String { "<password>" }

    /// A placeholder, never the password.
    package var debugDescription: String { description }

    /// No children: `dump` and string reflection find nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
