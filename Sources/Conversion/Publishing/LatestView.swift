import CVMFS
import Plumbing
import Synchronization

/// The newest revision of a repository, read by one thread for all who ask: what came while it read is answered together,
/// after one look at what is published.
final class LatestView: Sendable {
    private struct Question: Sendable {
        let paths: [BytePath]
        let asker: CheckedContinuation<[BytePath: [UInt8]], any Error>
    }

    private struct Questions {
        var waiting: [Question] = []
        var areRead = false
    }

    private let questions = Mutex(Questions())
    private let known = Mutex<RevisionView?>(nil)

    /// Those of these paths that the published revision has, as ``RevisionView/contents(_:)``. Throws ``CVMFSError``, and
    /// ``ThreadError`` where the system starts no thread.
    func contents(_ paths: [BytePath], of repository: RepositoryReader) async throws -> [BytePath: [UInt8]] {
        try await withCheckedThrowingContinuation { asker in
            let isFirst = questions.withLock { questions in
                questions.waiting.append(Question(paths: paths, asker: asker))
                defer { questions.areRead = true }
                return !questions.areRead
            }
            guard isFirst else { return }
            Task { [self] in
                do {
                    try await BlockingExecutor.storages.run { [self] in
                        while let next = take() { answer(next, of: repository) }
                    }
                } catch {
                    while let next = take() { for question in next { question.asker.resume(throwing: error) } }
                }
            }
        }
    }

    /// What is to be answered; nil, and whoever asks next begins anew, where there is nothing.
    private func take() -> [Question]? {
        questions.withLock { questions in
            if questions.waiting.isEmpty {
                questions.areRead = false
                return nil
            }
            defer { questions.waiting = [] }
            return questions.waiting
        }
    }

    private func answer(_ questions: [Question], of repository: RepositoryReader) {
        let view = Result(catching: { try self.view(of: repository) })
        for question in questions {
            question.asker.resume(with: Result(catching: { try view.get().contents(question.paths) }))
        }
    }

    /// The published one, opened only where another was looked at last.
    private func view(of repository: RepositoryReader) throws -> RevisionView {
        try known.withLock { known in
            if let view = known, try view.isCurrent(in: repository) { return view }
            let view = try RevisionView(of: repository, after: known)
            known = view
            return view
        }
    }
}
