import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Logging
import OCI
import Plumbing
import Recipes
import Registry
import State
import SystemPackage

/// Which recipes are to be applied, and how.
struct RecipeOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Files, or addresses that begin with https://.", valueName: "recipe"),
        completion: .file()
    )
    var sources: [String]

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The CVMFS repository, for lists that name none.", valueName: "fqrn")
    )
    var repository: String?

    @Flag(help: "Leave out entries that cannot be read and images that cannot be added, and say which.")
    var keepGoing = false

    @Flag(help: "Make desideratas that were added by hand the recipe's, where it names them.")
    var adopt = false

    @Option(
        help: ArgumentHelp("What to make beside the layers, for lists and recipes of version 1.", valueName: "names"),
        transform: WantedFormats.parse
    )
    var formats: OutputFormats?

    @OptionGroup
    var platforms: PlatformsOption

    @Flag(help: "Publish images that need credentials, for lists and recipes of version 1.")
    var allowPrivate = false

    /// What is made of the images of recipes that cannot say it.
    private var defaults: RecipeDefaults {
        var defaults = RecipeDefaults()
        defaults.formats = formats?.all.map(\.name)
        defaults.platforms = platforms.names
        defaults.allowsPrivate = allowPrivate
        return defaults
    }

    func validate() throws {
        if sources.isEmpty { throw ValidationError("no recipe is named: name a file, or an address") }
        if let repository { try WishOptions.check(repository: repository) }
    }

    /// Asks registries and the database what the recipes do, one after another, and does it unless that is only a rehearsal.
    /// Ends with status 3 where a registry does not tell what it has, and where something was left out.
    func apply(
        isRehearsal: Bool,
        showingTags: Bool = false,
        format: ReportFormat,
        _ network: NetworkOptions,
        _ global: GlobalOptions
    ) async throws {
        let requests = try await requests(network, global)
        let database = try await global.openDatabase()
        let reports = try await Self.reports(requests, isRehearsal: isRehearsal, database, network, global) { report in
            var report = report
            report.showsTags = showingTags
            if format == .text { try StandardOutput.write(report.text) }
            try await report.tell(global.logger, database)
        }
        try await database.close()
        if format == .json { try StandardOutput.line(JSONValue.array(reports.map(\.json)).text()) }
        if let fault = reports.last?.fault { throw ConversionError(fault) }
        if reports.contains(where: \.isIncomplete) { throw ExitStatus.imagesFailed }
    }

    /// Applies recipes one after another, up to one that was not done at all: what follows may need it. `each` hears of each.
    static func reports(
        _ requests: [RecipeApplication.Request],
        isRehearsal: Bool,
        _ database: StateDatabase,
        _ network: NetworkOptions,
        _ global: GlobalOptions,
        each: (RecipeReport) async throws -> Void
    ) async throws -> [RecipeReport] {
        try await RegistryAccess.with(
            global.logger,
            network.settings().settingAside,
            users: DatabaseUsers(database)
        ) { registry in
            let application = RecipeApplication(database, registry)
            var reports: [RecipeReport] = []
            for request in requests {
                let result = try await application.apply(request, isRehearsal: isRehearsal)
                let report = RecipeReport(request: request, report: result, isRehearsal: isRehearsal)
                reports.append(report)
                try await each(report)
                if report.fault != nil { break }
            }
            return reports
        }
    }

    /// Why no repository can have this name; nil where one can.
    static func fault(ofRepository fqrn: String) -> String? {
        do {
            try RepositoryName.validate(fqrn)
            return nil
        } catch {
            return ErrorText.describe(error)
        }
    }

    private func requests(
        _ network: NetworkOptions,
        _ global: GlobalOptions
    ) async throws -> [RecipeApplication.Request] {
        try await Self.requests(
            sources,
            repository: repository,
            keepsGoing: keepGoing,
            adopts: adopt,
            defaults: defaults
        ) {
            try network.webReader(global.logger)
        }
    }

    /// The recipes, read. All of them before anything is done.
    static func requests(
        _ sources: [String],
        repository: String?,
        keepsGoing: Bool,
        adopts: Bool,
        defaults: RecipeDefaults = RecipeDefaults(),
        web: @escaping @Sendable () throws -> WebReader
    ) async throws -> [RecipeApplication.Request] {
        var requests: [RecipeApplication.Request] = []
        for name in sources {
            let source = try RecipeSource(named: name)
            let text = try await source.read(web)
            let request = try RecipeApplication.Request(
                text,
                from: source,
                repository: repository,
                keepsGoing: keepsGoing,
                adopts: adopts,
                defaults: defaults
            )
            if let fault = fault(ofRepository: request.repository) {
                let place = text.recipe.repositoryPosition.map { ":\($0)" } ?? ""
                throw ConversionError("\(Printable.text(source.description))\(place): \(fault)")
            }
            requests.append(request)
        }
        return requests
    }
}

extension RecipeSource {
    /// A source as it was typed here.
    init(named name: String) throws {
        try self.init(name, folder: FilePath(FileManager.default.currentDirectoryPath))
    }
}

extension NetworkOptions {
    /// What reads files of web servers by these options.
    func webReader(_ logger: Logger) throws -> WebReader {
        try WebReader(try readSettings(), userAgent: WaferVersion.userAgent, logger: logger)
    }
}
