import Foundation
import Glibc
import Logging
import Plumbing
import Terminal

/// Messages on the standard error, a line each: for people on a terminal, with the time elsewhere, or as JSON.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.info
    private let format: LogFormat
    private let hasTime: Bool

    /// A handler for the process's standard error.
    init(format: LogFormat) {
        self.init(format: format, hasTime: isatty(STDERR_FILENO) == 0)
    }

    private init(format: LogFormat, hasTime: Bool) {
        self.format = format
        self.hasTime = hasTime
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        let text = Printable.text(event.message.description, limit: 4096)
        write(text, event.level, fields)
    }

    private func write(_ text: String, _ level: Logger.Level, _ fields: Logger.Metadata) {
        let (format, hasTime) = (format, hasTime)
        Screen.standardError.write(Self.line(text, level, fields, format, hasTime)) { count in
            Self.line(
                "left out \(Counted.text(count, "line")) here, since nobody read them",
                .warning,
                [:],
                format,
                hasTime
            )
        }
    }

    /// The last word of a command that failed: a line that begins with `wafer: error:`.
    static func report(error text: String, format: LogFormat) {
        Self(format: format, hasTime: false).write(text, .error, [:])
    }

    private static func line(
        _ text: String,
        _ level: Logger.Level,
        _ fields: Logger.Metadata,
        _ format: LogFormat,
        _ hasTime: Bool
    ) -> String {
        switch format {
        case .text: line(text, level, fields, at: hasTime ? Date() : nil) + "\n"
        case .json: json(text, level, fields, at: Date()) + "\n"
        }
    }

    private static func line(
        _ text: String,
        _ level: Logger.Level,
        _ fields: Logger.Metadata,
        at time: Date?
    ) -> String {
        let time = time.map { "\($0.formatted(.iso8601)) " } ?? ""
        let word = level == .info || level == .notice ? "" : "\(level): "
        let fields = fields.sorted { $0.key < $1.key }.map { " \($0)=\(Printable.text("\($1)"))" }
        return "\(time)wafer: \(word)\(text)\(fields.joined())"
    }

    private static func json(_ text: String, _ level: Logger.Level, _ fields: Logger.Metadata, at time: Date) -> String
    {
        var members = fields.mapValues { JSONValue.string("\($0)") }
        members["level"] = .string("\(level)")
        members["message"] = .string(text)
        members["time"] = .string(time.formatted(.iso8601))
        // Text and objects of text can always be encoded.
        return (try? JSONValue.object(members).text(pretty: false)) ?? text
    }
}
