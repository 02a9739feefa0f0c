import CVMFS

/// Says in a person's words why `cvmfs_server` did not do what it was asked to, and what to do.
///
/// The texts are those of version 2.12; what is not recognised comes with its last lines.
struct ServerFailure {
    private let repository: ServerRepository

    init(_ repository: ServerRepository) {
        self.repository = repository
    }

    /// The error for a run that failed.
    func error(_ output: ServerOutput) -> ConversionError {
        let last = output.lines.suffix(5).joined(separator: " | ")
        let said = last.isEmpty ? "it said nothing" : "it said: \(last)"
        return ConversionError("\(output.name) of \(repository.fqrn) \(how(output.end))\(remedy(output)); \(said)")
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
        if output.says("a password is required", "not in the sudoers", "is not allowed to execute") {
            return
                ": the repository belongs to the user \(repository.owner), and sudo does not let this user become them "
                + "without a password: run Wafer as \(repository.owner), or allow it in sudoers"
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
        if output.says("does not exist", "repository not found") {
            return ": cvmfs_server knows no such repository here"
        }
        return ""
    }
}
