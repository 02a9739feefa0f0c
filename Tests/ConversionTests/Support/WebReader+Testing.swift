import Logging
import Registry

extension WebReader {
    /// One by the usual rules.
    static func testing(_ settings: NetworkSettings = NetworkSettings()) throws -> WebReader {
        try WebReader(settings, userAgent: "wafer-tests", logger: Logger(label: "test"))
    }
}
