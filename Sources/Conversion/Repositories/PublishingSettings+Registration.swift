import CVMFS
import Plumbing
import State

extension PublishingSettings {
    /// How a registration wants its repository to be written. Throws `StateError` for what this version does not know.
    init(_ registration: RepositoryRegistration) throws {
        func unknown(_ what: String, _ text: String) -> StateError {
            .invalidValue("the \(what) \"\(text)\" of \(registration.fqrn) is not known to this version")
        }
        guard let policy = CompressionPolicy(rawValue: registration.compression) else {
            throw unknown("compression", registration.compression)
        }
        var chunking = ChunkingStrategy.contentDefined
        if let text = registration.chunking {
            guard let known = ChunkingStrategy(text: text) else { throw unknown("sizes of pieces", text) }
            chunking = known
        }
        var limits = CatalogLimits.standard
        if let text = registration.catalogLimits {
            guard let known = CatalogLimits(text: text) else { throw unknown("limits of catalogs", text) }
            limits = known
        }
        var autoTags: AutoTags?
        if let text = registration.autoTag {
            let span = Timespan(text)
            guard text.isEmpty || span != nil else { throw unknown("span of automatic tags", text) }
            autoTags = AutoTags(kept: text.isEmpty ? nil : span)
        }
        self.init(compression: policy, chunking: chunking, limits: limits, autoTags: autoTags)
        // cvmfs_server cannot change files of a hard-link group.
        hardLinks = registration.serverConfig == nil ? .keep : .split
        if let text = registration.hardLinks {
            guard let known = HardLinkForm(rawValue: text) else { throw unknown("form of hard links", text) }
            hardLinks = known
        }
        quota = registration.quota
        if let text = registration.markers {
            guard let known = MarkerForm(rawValue: text) else { throw unknown("form of markers", text) }
            markers = known
        }
    }
}
