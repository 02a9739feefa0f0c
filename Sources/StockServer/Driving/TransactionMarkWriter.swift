import CVMFS
import Plumbing
import Synchronization
import SystemPackage

/// Keeps the mark of a transaction that is being opened, and writes it whenever more is known.
///
/// One task writes, the newest state each time: nobody holds a lock during that, and who hears of something does not wait
/// for the disk. ``finish()`` has to be called.
final class TransactionMarkWriter: Sendable {
    private struct State {
        var mark: TransactionMark
        var failure: (any Error)?
    }

    private let state: Mutex<State>
    private let workspace: FilePath
    private let spool: ServerSpool
    private let changes: AsyncStream<Void>.Continuation
    private let writing = Mutex<Task<Void, Never>?>(nil)

    /// A writer of a mark that is written already.
    init(_ mark: TransactionMark, workspace: FilePath, spool: ServerSpool) {
        state = Mutex(State(mark: mark))
        self.workspace = workspace
        self.spool = spool
        let (stream, changes) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.changes = changes
        // Its own task: what is known counts also when somebody wants to stop.
        let task = Task.detached { [self] in
            for await _ in stream { await write() }
        }
        writing.withLock { $0 = task }
    }

    /// Notes which process opens it.
    func noteChild(_ process: Int32) async {
        await note { [self] in
            let child = ProcessIdentity.of(process)
            change { $0.child = child }
        }
    }

    /// Notes the transaction that is open now, once it is certain to be ours.
    func noteTransaction() async {
        await note { [self] in
            guard state.withLock({ $0.mark.transaction == nil }), let open = try spool.transaction() else { return }
            change { $0.transaction = open }
        }
    }

    /// The same while the process that opened it is at work. What it says may be heard before its number is. Blocks.
    func noteOwnTransaction() {
        let mark = state.withLock { $0.mark }
        do {
            guard mark.transaction == nil, mark.child?.lives() ?? true, let open = try spool.transaction() else {
                return
            }
            if open.opened >= mark.intended { change { $0.transaction = open } }
        } catch {
            fail(error)
        }
    }

    /// Whether something is not on the disk that should be.
    var hasFailed: Bool { state.withLock { $0.failure != nil } }

    /// Waits until everything is written. Returns the mark, all of what is known, and what went wrong in writing it.
    func finish() async -> (mark: TransactionMark, failure: (any Error)?) {
        changes.finish()
        await writing.withLock { $0 }?.value
        return state.withLock { ($0.mark, $0.failure) }
    }

    private func note(_ body: @escaping @Sendable () throws -> Void) async {
        do {
            try await BlockingExecutor.shared.run(body)
        } catch {
            fail(error)
        }
    }

    private func change(_ body: (inout TransactionMark) -> Void) {
        state.withLock { body(&$0.mark) }
        changes.yield()
    }

    private func write() async {
        let mark = state.withLock { $0.mark }
        let workspace = workspace
        await note { try mark.write(in: workspace) }
    }

    /// The first error says more.
    private func fail(_ error: any Error) {
        state.withLock { $0.failure = $0.failure ?? error }
    }
}
