import OCI
import Synchronization

/// Tells of images of another platform than the wanted one, of each once: a loop looks at them again and again.
final class PlatformRemarks: Sendable {
    private struct Remark: Hashable {
        let source: String
        let actual: Platform
        let wanted: Platform
    }

    private let report: @Sendable (ConversionEvent) -> Void
    private let told = Mutex<Set<Remark>>([])

    init(_ report: @escaping @Sendable (ConversionEvent) -> Void) {
        self.report = report
    }

    /// Tells it where an image of `actual` does not serve who wants `wanted`.
    func compare(_ source: ImageSource, _ actual: Platform, wanted: Platform) {
        guard wanted.rank(of: actual) == nil else { return }
        let remark = Remark(source: source.description, actual: actual, wanted: wanted)
        let isNew = told.withLock { $0.insert(remark).inserted }
        if isNew { report(.platformDiffers(source, actual: actual, wanted: wanted)) }
    }
}
