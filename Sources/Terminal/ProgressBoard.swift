/// What is in work and how much of all is done: a value, changed by what happens and shown by ``ProgressFrame``.
package struct ProgressBoard: Sendable, Equatable {
    /// The pieces in work, in the order in which they began.
    package private(set) var items: [ProgressItem] = []
    /// Pieces that are done, of all that were announced.
    package private(set) var itemsDone = 0
    /// Pieces that were announced.
    package private(set) var itemsTotal = 0
    /// Bytes that were announced.
    package private(set) var bytesTotal: Int64 = 0
    private var bytesFinished: Int64 = 0
    private var batches = 0
    private var speed = Speedometer(start: .zero)

    /// Nothing to do.
    package init() {}

    /// Whether there is anything to show.
    package var isActive: Bool { batches > 0 }

    /// Bytes that are done.
    package var bytesDone: Int64 { items.reduce(bytesFinished) { $0 + $1.done } }

    /// Announces work; what is in work already goes on.
    package mutating func begin(items: Int, bytes: Int64, at time: Duration) {
        if batches == 0 {
            self = ProgressBoard()
            speed = Speedometer(start: time)
        }
        batches += 1
        itemsTotal += items
        bytesTotal += bytes
    }

    /// That what was announced is over, done or not. With the last of it everything is gone.
    package mutating func end() {
        batches -= 1
        if batches <= 0 { self = ProgressBoard() }
    }

    /// A piece begins.
    package mutating func start(_ label: String, total: Int64, at time: Duration) {
        guard isActive else { return }
        items.append(ProgressItem(label: label, total: total, at: time))
    }

    /// So many bytes of it are done.
    package mutating func advance(_ label: String, to done: Int64, at time: Duration) {
        guard let index = items.firstIndex(where: { $0.label == label }) else { return }
        items[index].done = done
        items[index].speed.note(done, at: time)
        speed.note(bytesDone, at: time)
    }

    /// It is over: all of it, or it failed.
    package mutating func finish(_ label: String, isComplete: Bool) {
        guard let index = items.firstIndex(where: { $0.label == label }) else { return }
        let item = items.remove(at: index)
        bytesFinished += isComplete ? item.total : item.done
        if isComplete { itemsDone += 1 }
    }

    /// Bytes a second of all together.
    package func rate(at time: Duration) -> Int64? { speed.rate(bytesDone, at: time) }
}
