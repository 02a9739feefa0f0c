import CVMFS
import Conversion

/// A repository that a command changes, by whoever publishes it.
enum EditableRepository: Sendable {
    /// Wafer itself.
    case native(Repository)
    /// `cvmfs_server`.
    case server(ServerPublisher)
}
