import State

/// What a pass does next: a value that knows of no time and no network.
///
/// The lowest number goes first, and is waited for; one that hangs is not.
struct PassSchedule {
    /// How far a desiderata is.
    private enum Stage {
        case waiting
        case checking(isOverdue: Bool)
        case ready(UpToDateCheck)
        case converting(stalledAt: String?)
        case done
    }

    /// Desideratas that are looked at at the same time, or wait for their conversion after that.
    private let lookahead: Int
    /// Of those, the ones of a registry that has not answered yet.
    private static let ofUnknownRegistry = 4
    /// Checks that hang take no place, but connections.
    private static let mostChecks = 256
    /// Conversions under way, those included that wait for a registry.
    private static let mostConversions = 8

    private let wanted: [Desiderata]
    private var stages: [Stage]
    /// The numbers that are not done, in order.
    private var open: [Int]

    init(_ wanted: [Desiderata], lookahead: Int) {
        self.wanted = wanted
        self.lookahead = lookahead
        stages = Array(repeating: .waiting, count: wanted.count)
        open = Array(wanted.indices)
    }

    var isDone: Bool { open.isEmpty }

    /// The next one to look at, which is then being looked at; nil where there is none now.
    mutating func nextCheck(isAnswering: (_ host: String) -> Bool) -> Int? {
        let blocked = blockedHosts
        var checks = 0
        var places = 0
        var byHost: [String: Int] = [:]
        var waiting: [Int] = []
        for number in open {
            switch stages[number] {
            case .waiting: waiting.append(number)
            case .checking(let isOverdue):
                checks += 1
                if !isOverdue { places += 1 }
                byHost[input(number), default: 0] += 1
            case .ready: if blocked.isDisjoint(with: hosts(number)) { places += 1 }
            case .converting, .done: break
            }
        }
        guard places < lookahead, checks < Self.mostChecks else { return nil }
        let next = waiting.first { number in
            let host = input(number)
            let isFree = byHost[host, default: 0] < Self.ofUnknownRegistry || isAnswering(host)
            return isFree && blocked.isDisjoint(with: hosts(number))
        }
        if let next { stages[next] = .checking(isOverdue: false) }
        return next
    }

    /// The next one to convert, and what is known of it; it is then being converted. Nil where there is none now.
    mutating func nextConversion() -> (number: Int, check: UpToDateCheck)? {
        var conversions = 0
        var isChecking = false
        var hanging = blockedHosts
        for number in open {
            switch stages[number] {
            case .converting(let host):
                if host == nil { return nil }
                conversions += 1
            case .checking(let isOverdue):
                if isOverdue { hanging.insert(input(number)) } else { isChecking = true }
            case .waiting, .ready, .done: break
            }
        }
        guard conversions < Self.mostConversions else { return nil }
        let blocked = blockedHosts
        for number in open {
            switch stages[number] {
            case .ready(let check):
                if !blocked.isDisjoint(with: hosts(number)) { continue }
                stages[number] = .converting(stalledAt: nil)
                return (number, check)
            // Its turn comes in a moment.
            case .checking(isOverdue: false): return nil
            case .waiting: if isChecking, hanging.isDisjoint(with: hosts(number)) { return nil }
            case .checking, .converting, .done: break
            }
        }
        return nil
    }

    /// Notes what a check came to; nil for one that is not due.
    mutating func checked(_ number: Int, _ check: UpToDateCheck?) {
        if let check { stages[number] = .ready(check) } else { finish(number) }
    }

    /// Notes that one is done.
    mutating func finish(_ number: Int) {
        stages[number] = .done
        open.removeAll { $0 == number }
    }

    /// Notes that a check takes long: nobody waits for it any more.
    mutating func overdue(_ number: Int) {
        if case .checking = stages[number] { stages[number] = .checking(isOverdue: true) }
    }

    /// Notes that a conversion waits for a registry that brings nothing; nil where it goes on.
    mutating func stalled(_ number: Int, at host: String?) {
        if case .converting = stages[number] { stages[number] = .converting(stalledAt: host) }
    }

    /// The registries that conversions wait for.
    private var blockedHosts: Set<String> {
        var blocked: Set<String> = []
        for number in open {
            if case .converting(let host?) = stages[number] { blocked.insert(host) }
        }
        return blocked
    }

    private func input(_ number: Int) -> String { wanted[number].input.reference.canonicalRegistry }

    private func hosts(_ number: Int) -> Set<String> {
        Set([input(number), wanted[number].output?.reference.canonicalRegistry].compactMap(\.self))
    }
}
