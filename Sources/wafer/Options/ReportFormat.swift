import ArgumentParser

/// The forms of a report that is no list.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}
