package import CVMFS
package import Logging
package import Plumbing
package import SystemPackage

extension Repository {
    /// Opens a repository that `cvmfs_server` manages, to publish beside it. `mountHelper` is the stock tools' program
    /// for mounts.
    package init(
        managed configuration: ServerConfiguration,
        keys: FilePath? = nil,
        policy: CompressionPolicy = .balanced,
        mountHelper: FilePath = ServerMount.defaultHelper,
        logger: Logger
    ) throws {
        let workspace = RepositoryWorkspace(spool: configuration.spool)
        let spool = SpoolArea(root: configuration.spool)
        let mount = ServerMount(
            fqrn: configuration.fqrn,
            socket: spool.talkSocket,
            helper: mountHelper,
            logger: logger
        )
        let storage = try LocalObjectStore(root: configuration.storage)
        self.init(
            fqrn: configuration.fqrn,
            store: storage,
            storage: storage,
            keys: keys ?? configuration.keys,
            workspace: workspace,
            guardedBy: ServerGuard(
                fqrn: configuration.fqrn,
                owner: configuration.owner,
                spool: spool,
                workspace: workspace,
                mount: mount,
                logger: logger
            ),
            policy: configuration.storesVerbatim ? .none : policy,
            settings: configuration.settings,
            logger: logger
        )
    }

    /// A repository of `cvmfs_server` that is only read, wherever its objects can be seen. Whoever tries to write it gets
    /// `reason`.
    package init(
        reading store: any ObjectReader,
        of server: ServerRepository,
        keys: FilePath,
        reason: String,
        logger: Logger
    ) {
        self.init(
            fqrn: server.fqrn,
            store: store,
            storage: nil,
            keys: keys,
            workspace: RepositoryWorkspace(spool: server.spool.root),
            guardedBy: ReadingGuard(reason: reason),
            policy: .balanced,
            settings: PublishingSettings(chunking: .contentDefined, limits: server.catalogLimits, autoTags: nil),
            logger: logger
        )
    }
}
