import CVMFS
import Conversion
import Logging
import Registry
import State
import StockServer

/// What every command that converts puts together.
struct ConversionTools: Sendable {
    let database: StateDatabase
    let converter: Converter
    /// What writes a repository, by its name.
    let publisher: @Sendable (_ fqrn: String) async throws -> any Publisher
    /// What is done through `cvmfs_server`.
    let server = ServerWork()
    private let opener: RepositoryOpener
    /// Says that a conversion of this name begins.
    private let begins: @Sendable (String) -> Void

    /// Puts a converter together from the options of the command line.
    init(
        _ global: GlobalOptions,
        database: StateDatabase,
        registry: RegistryClient,
        network: NetworkOptions,
        progress: ProgressOption,
        options: ConversionOptions
    ) {
        self.database = database
        ContentWriter.limitMemory(to: options.memory.files)
        begins = progress.announcer(global)
        let opener = global.opener(network: network, work: server)
        self.opener = opener
        let pool = PublisherPool(opener) { fqrn in try await database.registrations.repository(fqrn) }
        publisher = pool.publisher
        converter = Converter(
            state: database,
            registry: registry,
            publisher: pool.publisher,
            options: options,
            report: progress.reporter(global)
        )
    }

    /// A registered repository.
    func repository(_ fqrn: String) async throws -> Repository {
        try await opener.storage(try await database.registrations.repository(fqrn))
    }

    /// What converts many, so many at the same time, which are to be looked at again by a policy.
    func pass(jobs: Int, _ polling: LookPolicy = .standard) -> ConversionPass {
        ConversionPass(converter, jobs: jobs, polling: polling)
    }

    /// Says that a conversion begins.
    @Sendable func announce(_ desiderata: Desiderata) {
        begins(ConversionSummary.name(desiderata))
    }

    /// Converts one desiderata; what goes wrong with it is a result, but somebody's wish to stop is not.
    func convert(_ desiderata: Desiderata) async throws -> Result<ConversionResult, any Error> {
        do {
            return .success(try await converter.convert(desiderata) { announce(desiderata) })
        } catch {
            try Task.checkCancellation()
            return .failure(error)
        }
    }
}
