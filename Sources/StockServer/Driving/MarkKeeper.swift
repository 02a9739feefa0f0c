import CVMFS
import Plumbing
import Synchronization
import SystemPackage

/// Keeps the mark of a transaction that is being opened.
final class MarkKeeper: Sendable {
    private let mark: Mutex<TransactionMark>
    private let failure = Mutex<(any Error)?>(nil)
    private let workspace: FilePath
    private let spool: ServerSpool

    init(_ mark: TransactionMark, workspace: FilePath, spool: ServerSpool) {
        self.mark = Mutex(mark)
        self.workspace = workspace
        self.spool = spool
    }

    /// Notes which process opens it.
    @Sendable func noteChild(_ process: Int32) {
        update { $0.child = ProcessIdentity.of(process) }
    }

    /// Notes the transaction that is open now, once it is certain to be ours.
    @Sendable func noteTransaction() {
        update { mark in
            if mark.transaction == nil { mark.transaction = try spool.transaction() }
        }
    }

    /// The same while the process that opened it is at work. What it says may be heard before its number is.
    @Sendable func noteOwnTransaction() {
        update { mark in
            guard mark.transaction == nil, mark.child?.lives() ?? true, let open = try spool.transaction() else {
                return
            }
            if open.opened >= mark.intended { mark.transaction = open }
        }
    }

    /// What went wrong in a note.
    var error: (any Error)? { failure.withLock { $0 } }

    private func update(_ change: (inout TransactionMark) throws -> Void) {
        do {
            try mark.withLock { mark in
                try change(&mark)
                try mark.write(in: workspace)
            }
        } catch {
            failure.withLock { $0 = error }
        }
    }
}
