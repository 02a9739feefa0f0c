package import CVMFS
package import Foundation

extension WriteContext {
    /// Five seconds for other writers, by this machine's clock.
    package static let test = WriteContext(lockTimeout: .seconds(5))

    /// Five seconds for other writers, at a fixed time.
    package static func test(at now: Date) -> WriteContext { WriteContext(lockTimeout: .seconds(5), clock: { now }) }
}
