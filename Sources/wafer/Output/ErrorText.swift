import Foundation
import Plumbing
import SystemPackage

/// What an error says to the person who typed the command: one line.
enum ErrorText {
    /// Far longer than any message of ours; a registry's page of HTML ends here.
    private static let limit = 2048

    /// The line, without the words "wafer: error:".
    static func describe(_ error: any Error) -> String {
        line(message(error))
    }

    /// Words as one line that can be shown.
    static func line(_ text: String) -> String { Printable.text(text, limit: limit) }

    private static func message(_ error: any Error) -> String {
        switch error {
        case let error as Errno:
            "the operating system refused: \(error)"
        // Foundation describes its own errors as domains and codes, and so it would an enumeration without a text.
        case let error where type(of: error) is NSError.Type || error is CocoaError:
            error.localizedDescription
        case let error as any CustomStringConvertible:
            error.description
        default:
            (error as NSError).localizedDescription
        }
    }
}
