import ArgumentParser

/// The forms of a list.
enum ListFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case csv
    case json
}
