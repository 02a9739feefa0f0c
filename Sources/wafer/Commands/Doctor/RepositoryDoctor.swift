import CVMFS
import Conversion
import Foundation
import Glibc
import Logging
import Plumbing
import State
import StockServer
import SystemPackage

/// Looks at a repository's parts on this machine.
struct RepositoryDoctor {
    let registration: RepositoryRegistration
    let opener: RepositoryOpener
    let now: Date

    private var fqrn: String { registration.fqrn }
    private var isServer: Bool { registration.isWrittenByServer }
    private var publishedLocally: Bool { registration.storage.isAbsolute }

    /// Below this a layer may not find room.
    private static let scarce: Int64 = 5 << 30
    private static let tooLittle: Int64 = 256 << 20

    func examine() async -> [DoctorCheck] {
        var checks = [await published(), await keys(), await whitelist()]
        if publishedLocally { checks.append(await space("storage", registration.storage)) }
        if publishedLocally, !isServer {
            let hasWorkspace = registration.serverConfig == nil
            checks += await StorageDoctor(storage: registration.storage, hasWorkspace: hasWorkspace).examine()
        }
        let server: ServerRepository
        let access: ServerAccess
        do {
            guard let configured = try await opener.serverRepository(of: registration) else { return checks }
            server = configured
            access = try await opener.access(to: server)
        } catch {
            return checks + [.failed("configuration", ErrorText.describe(error))]
        }
        checks.append(await space("spool", isServer && access.user != nil ? access.workspace : server.spool.root))
        checks.append(await transaction(server))
        if publishedLocally { checks += await FormDoctor(registration: registration, opener: opener).examine() }
        if isServer { checks += await self.server(server) }
        return checks
    }

    private func published() async -> DoctorCheck {
        await DoctorCheck.of("repository") {
            let place = "\(registration.publisher), \(registration.location)"
            if isServer {
                let publisher = try await opener.serverPublisher(registration)
                return .ok("repository", "revision \(try await publisher.revision()), published by \(place)")
            }
            let repository = try await opener.storage(registration)
            let state = try await onDedicatedThread("look at \(fqrn)") {
                try repository.checkPermission()
                return try repository.reader.published()
            }
            return .ok("repository", "revision \(state.manifest.revision), published by \(place)")
        }
    }

    private func keys() async -> DoctorCheck {
        await DoctorCheck.of("keys") { try await onDedicatedThread("look at the keys") { lookAtKeys() } }
    }

    private func lookAtKeys() -> DoctorCheck {
        let folder = KeyFolder(root: registration.keys, fqrn: fqrn)
        let signing = [folder.key, folder.certificate]
        let absent = ([folder.publicKey] + signing).filter { access($0.string, F_OK) != 0 }
        let remedy = "bring them there, or name another folder with --keys when you register \(fqrn) again"
        guard absent.isEmpty else {
            return .failed("keys", "missing: \(absent.map(\.string).joined(separator: ", "))", remedy: remedy)
        }
        let closed = (isServer ? [folder.publicKey] : [folder.publicKey] + signing).filter {
            access($0.string, R_OK) != 0
        }
        guard closed.isEmpty else {
            let names = closed.map(\.string).joined(separator: ", ")
            return .failed("keys", "this user may not read \(names)", remedy: "run Wafer as the repository's owner")
        }
        return .ok("keys", "in \(registration.keys)")
    }

    private func whitelist() async -> DoctorCheck {
        await DoctorCheck.of("whitelist") {
            let repository = try await opener.reading(registration).reader
            let whitelist: Whitelist
            do {
                whitelist = try await onDedicatedThread("look at \(fqrn)") { try repository.whitelist() }
            } catch let error as CVMFSError where error.code == .system && !publishedLocally {
                // Publishing does not need to see it, clients do.
                let remedy = "make the web server of its stratum 0 answer (CVMFS_STRATUM0)"
                return .warning("whitelist", error.description, remedy: remedy)
            }
            let end = whitelist.end.formatted(.iso8601)
            let remedy =
                isServer ? "`cvmfs_server resign \(fqrn)`" : "`wafer repository resign \(fqrn)`, with the master key"
            if whitelist.isExpired(at: now) {
                return .failed("whitelist", "expired at \(end): clients refuse the repository", remedy: remedy)
            }
            if WhitelistWarning.text(whitelist, at: now) != nil {
                return .warning("whitelist", "expires at \(end)", remedy: remedy)
            }
            return .ok("whitelist", "until \(end)")
        }
    }

    private func space(_ name: String, _ path: FilePath) async -> DoctorCheck {
        await DoctorCheck.of("space in \(name)") {
            let free = try await onDedicatedThread("free space") {
                var folder = path
                while access(folder.string, F_OK) != 0, folder.removeLastComponent() {}
                return try DiskSpace.free(at: folder)
            }
            let text = "\(ByteCount.text(free)) free for \(path)"
            let check = "space in \(name)"
            if free < Self.tooLittle { return .failed(check, text, remedy: "make room there") }
            if free < Self.scarce { return .warning(check, text, remedy: "large layers may not fit: make room there") }
            return .ok(check, text)
        }
    }

    private func transaction(_ server: ServerRepository) async -> DoctorCheck {
        await DoctorCheck.of("transaction") {
            let (spool, fqrn) = (server.spool, fqrn)
            let holder = try await onDedicatedThread("look at the spool") {
                try spool.transaction() == nil ? nil : spool.holder(of: fqrn)
            }
            guard let holder else { return .ok("transaction", "none is open") }
            if isServer {
                let publisher = try await opener.serverPublisher(registration)
                if let noted = try await publisher.notedTransaction() {
                    return .warning(
                        "transaction",
                        "Wafer's own is open: \(noted)",
                        remedy: "wait while it is at work; the next conversion aborts one that was left"
                    )
                }
            }
            return .warning(
                "transaction",
                holder,
                remedy: "Wafer waits for its end, up to --lock-timeout, and never aborts it"
            )
        }
    }

    private func server(_ server: ServerRepository) async -> [DoctorCheck] {
        let program = await DoctorCheck.of("cvmfs_server") {
            let publisher = try await opener.serverPublisher(registration)
            let inspection = try await publisher.inspect()
            guard let state = inspection.state else {
                return .failed(
                    "cvmfs_server",
                    "version \(inspection.version) does not list \(fqrn)",
                    remedy: "`cvmfs_server mkfs` or `cvmfs_server import` makes it known; see CVMFS_SERVER"
                )
            }
            let text = "version \(inspection.version), \(state)"
            for (words, remedy) in Self.troubles where state.contains(words) {
                return .failed("cvmfs_server", text, remedy: remedy.replacingOccurrences(of: "FQRN", with: fqrn))
            }
            return .ok("cvmfs_server", text)
        }
        let mount = await DoctorCheck.of("mount") {
            let revision = try await opener.mountedRevision(of: server)
            return .ok("mount", "\(server.spool.readOnlyMount) shows revision \(revision)")
        }
        guard server.isBehindGateway else { return [program, mount] }
        return [program, mount, await gateway(of: server)]
    }

    private func gateway(of server: ServerRepository) async -> DoctorCheck {
        await DoctorCheck.of("gateway") {
            guard let gateway = Gateway(server, web: try await opener.webReader()) else {
                return .failed("gateway", "server.conf names no URL", remedy: "correct CVMFS_UPSTREAM_STORAGE in it")
            }
            do {
                return .ok("gateway", try await gateway.examine())
            } catch let trouble as Gateway.Trouble {
                return .failed("gateway", trouble.text, remedy: trouble.remedy)
            }
        }
    }

    /// What the program's own list says of a repository that cannot be published.
    private static let troubles = [
        ("whitelist expired", "`cvmfs_server resign FQRN`"),
        ("whitelist unreachable", "start the web server that serves its stratum 0 (CVMFS_STRATUM0)"),
        ("unhealthy", "`cvmfs_server mount FQRN`"),
        ("INCOMPATIBLE", "`cvmfs_server migrate FQRN`"),
        ("checked out", "`cvmfs_server checkout FQRN` returns to the newest revision"),
    ]
}
