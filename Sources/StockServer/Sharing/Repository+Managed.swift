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
        let spool = SpoolFolder(root: configuration.spool)
        let mount = ServerMount(
            fqrn: configuration.fqrn,
            socket: spool.talkSocket,
            helper: mountHelper,
            logger: logger
        )
        let storage = try LocalObjectStore(root: configuration.storage)
        var settings = configuration.settings
        settings.compression = configuration.storesVerbatim ? .none : policy
        settings.hardLinks = .split
        self.init(
            reader: RepositoryReader(
                fqrn: configuration.fqrn,
                store: storage,
                keys: keys ?? configuration.keys,
                logger: logger
            ),
            storage: storage,
            workspace: workspace,
            guardedBy: ServerGuard(
                fqrn: configuration.fqrn,
                owner: configuration.owner,
                spool: spool,
                workspace: workspace,
                mount: mount,
                logger: logger
            ),
            settings: settings
        )
    }
}
