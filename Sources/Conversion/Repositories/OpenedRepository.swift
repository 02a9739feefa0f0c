package import CVMFS

/// A registered repository as a command finds it: to read, and to write where this machine can.
package struct OpenedRepository: Sendable {
    /// What is published.
    package let reader: RepositoryReader
    /// Nil where it is only read here.
    package let writable: Repository?
    /// How it is written, by whomever.
    package let settings: PublishingSettings

    /// One that this machine can write.
    package init(_ repository: Repository) {
        reader = repository.reader
        writable = repository
        settings = repository.settings
    }

    /// One that is only read here.
    package init(reader: RepositoryReader, settings: PublishingSettings) {
        self.reader = reader
        writable = nil
        self.settings = settings
    }
}
