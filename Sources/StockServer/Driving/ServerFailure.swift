import CVMFS
import Foundation
import Plumbing
import SystemPackage

/// Says in a person's words why `cvmfs_server` did not do what it was asked to, and what to do.
///
/// The texts are those of version 2.12; what is not recognised comes with its last lines.
package struct ServerFailure {
    private let repository: ServerRepository

    package init(_ repository: ServerRepository) {
        self.repository = repository
    }

    /// The error for a run that failed.
    package func error(_ output: ServerOutput) -> StockServerError {
        let last = output.lines.filter { !ServerOutput.isFrame($0) }.suffix(5).joined(separator: " | ")
        let said = last.isEmpty ? "it said nothing" : "it said: \(last)"
        return StockServerError("\(output.name) of \(repository.fqrn) \(how(output.end))\(remedy(output)); \(said)")
    }

    private func how(_ end: ServerOutput.End) -> String {
        switch end {
        case .exited(let code): "failed with status \(code)"
        case .killed(let number): "was ended by signal \(number)"
        case .timedOut: "took too long and was ended"
        case .stopped: "was stopped"
        }
    }

    private func remedy(_ output: ServerOutput) -> String {
        let fqrn = repository.fqrn
        if output.says("a password is required", "not in the sudoers", "is not allowed to execute", "may not run sudo")
        {
            let user = Printable.text(NSUserName())
            return
                ": the repository belongs to the user \(repository.owner), and sudo does not let \(user) become them without a "
                + "password: run Wafer as \(repository.owner), or add to sudoers (visudo) the line "
                + "`\(user) ALL=(\(repository.owner)) NOPASSWD: /usr/bin/cvmfs_server, /usr/bin/tar, "
                + "/usr/bin/rm, /usr/bin/rmdir`"
        }
        if output.says("is owned by", "No write permission to repository", "Permission denied: Repository") {
            return ": the repository belongs to the user \(repository.owner): run Wafer as that user"
        }
        if output.says("is expired", "whitelist expired") {
            return ": its whitelist is expired: `cvmfs_server resign \(fqrn)` renews it"
        }
        if output.says("No space left on device", "Disk quota exceeded") {
            return ": a disk is full: make room in \(repository.spool.root) and in the storage (\(repository.upstream))"
        }
        if output.says("open read-only file descriptors", "Open writable file descriptors") {
            return ": a program has files open in \(repository.mount): end it (`lsof \(repository.mount)` shows it)"
        }
        if output.says("mount state is broken", "is not mounted", "cannot be repaired", "Transport endpoint is not") {
            return ": its mounts are broken: `cvmfs_server mount \(fqrn)` repairs them"
        }
        if output.says("Repository unavailable under") {
            return ": it is not served at \(repository.url ?? "CVMFS_STRATUM0"): start the web server"
        }
        if output.says("INCOMPATIBLE", "incompatible", "layout revision") {
            return
                ": this version of cvmfs_server is not the one that wrote the repository: `cvmfs_server migrate \(fqrn)`"
        }
        if let remedy = gatewayRemedy(output) { return remedy }
        if output.says("does not exist", "repository not found") {
            return ": cvmfs_server knows no such repository here"
        }
        return ""
    }

    private func gatewayRemedy(_ output: ServerOutput) -> String? {
        guard let url = repository.gatewayURL else { return nil }
        let key = repository.keys.appending("\(repository.fqrn).gw")
        if output.says("lease path busy") {
            return
                ": the gateway has leased it to another publisher, or to one that ended badly, whose lease ends by itself in "
                + "the time that is told"
        }
        if output.says("gateway key missing") { return ": the gateway's key \(key) is missing: bring it there" }
        if output.says("invalid_hmac", "invalid_key") {
            return ": the gateway does not accept the key in \(key): compare it with the gateway's repo.json"
        }
        if output.says("invalid_path") {
            return ": the key in \(key) is not for the whole repository: give it the path / in the gateway's repo.json"
        }
        if output.says("repo_disabled") { return ": the gateway's operator has disabled the repository" }
        if output.says("invalid lease", "no statistics counters for lease") {
            return ": the lease ended before everything was there: run the command again"
        }
        if output.says("cannot acquire lease", "Make lease acquire request failed") {
            return ": the gateway does not answer at \(Printable.text(url)): start cvmfs-gateway there"
        }
        return nil
    }
}
