import State

/// What a pass does next: a value that knows of no time and no network.
///
/// What a recipe wants of one pair of registries is a ``PassLane``. Among registries, those go first for which least is being
/// done, and among their lanes the same; in a lane, the lowest number. A registry that hangs holds up its own lanes alone. Each
/// question costs as much as there are lanes, however many desideratas they hold.
struct PassSchedule {
    /// How far a desiderata is.
    private enum Stage {
        case waiting
        case checking(isOverdue: Bool)
        case ready(UpToDateCheck)
        case converting(stalledAt: String?)
        case done
    }

    /// Desideratas that are looked at at the same time.
    private let lookahead: Int
    /// Conversions at the same time, beside those that wait for a registry.
    private let jobs: Int
    /// Of the checks, those of a registry that has not answered yet.
    private static let ofUnknownRegistry = 4
    /// Checks that hang take no place, but connections.
    private static let mostChecks = 256
    /// Those that wait for a conversion, in a lane.
    private static let mostReady = 16
    /// Conversions that wait for a registry; more where there are more jobs.
    private static let mostStalled = 8

    private var stages: [Stage]
    private let laneOf: [Int]
    private var lanes: [PassLane] = []
    /// What is done at each pair of registries, whatever the recipe.
    private var groupChecks: [PassLane.Share] = []
    private var groupConversions: [PassLane.Share] = []
    private var left: Int
    /// Checks under way, and those of them for which nobody waits.
    private var checks = 0
    private var overdueChecks = 0
    private var checksAt: [String: Int] = [:]
    /// Conversions under way, and the registries for which some wait.
    private var conversions = 0
    private var stalled: [Int: String] = [:]

    /// A schedule of these; `recipes` says of which recipe each is, by its number in the database, where it is of one.
    init(_ wanted: [Desiderata], recipes: [Int64: Int64], lookahead: Int, jobs: Int) {
        self.lookahead = lookahead
        self.jobs = jobs
        stages = Array(repeating: .waiting, count: wanted.count)
        left = wanted.count
        struct Key: Hashable {
            let group: Int
            let recipe: Int64?
        }
        var groups: [PassLane.Registries: Int] = [:]
        var known: [Key: Int] = [:]
        var lanes: [PassLane] = []
        laneOf = wanted.enumerated().map { number, desiderata in
            let registries = PassLane.Registries(desiderata)
            let group = groups[registries, default: groups.count]
            groups[registries] = group
            let key = Key(group: group, recipe: recipes[desiderata.id])
            let lane = known[key, default: lanes.count]
            if lane == lanes.count {
                known[key] = lane
                lanes.append(PassLane(registries, group: group))
            }
            lanes[lane].waiting.append(number)
            return lane
        }
        self.lanes = lanes
        groupChecks = Array(repeating: PassLane.Share(), count: groups.count)
        groupConversions = groupChecks
    }

    var isDone: Bool { left == 0 }

    /// The registries that everything waits for which is left, once nothing else can be begun: nobody knows for how long. Nil
    /// where something goes on.
    var hanging: Set<String>? {
        guard left > 0, checks == overdueChecks, conversions == stalled.count else { return nil }
        var hosts: Set<String> = []
        for (number, stage) in stages.enumerated() {
            if case .done = stage { continue }
            let registries = lanes[laneOf[number]].registries
            hosts.formUnion([registries.input, registries.output].compactMap(\.self))
        }
        return hosts
    }

    /// The next one to look at, which is then being looked at; nil where there is none now.
    mutating func nextCheck(isAnswering: (_ host: String) -> Bool) -> Int? {
        guard checks - overdueChecks < lookahead, checks < Self.mostChecks else { return nil }
        let blocked = Set(stalled.values)
        let free = lanes.indices.filter { number in
            let lane = lanes[number]
            guard !lane.waiting.isEmpty, lane.ready < Self.mostReady, lane.registries.areFree(of: blocked) else {
                return false
            }
            let host = lane.registries.input
            return checksAt[host, default: 0] < Self.ofUnknownRegistry || isAnswering(host)
        }
        guard let lane = free.min(by: { checkRank($0) < checkRank($1) }),
            let number = lanes[lane].waiting.removeFirst()
        else { return nil }
        lanes[lane].checks.begin()
        groupChecks[lanes[lane].group].begin()
        stages[number] = .checking(isOverdue: false)
        checks += 1
        checksAt[lanes[lane].registries.input, default: 0] += 1
        return number
    }

    /// The next one to convert, and what is known of it; it is then being converted. Nil where there is none now.
    mutating func nextConversion() -> (number: Int, check: UpToDateCheck)? {
        guard conversions - stalled.count < jobs, stalled.count < max(Self.mostStalled, jobs) else { return nil }
        let blocked = Set(stalled.values)
        let free = lanes.indices.filter { lanes[$0].ready > 0 && lanes[$0].registries.areFree(of: blocked) }
        guard let lane = free.min(by: { conversionRank($0) < conversionRank($1) }),
            let number = lanes[lane].takeReady(), case .ready(let check) = stages[number]
        else { return nil }
        lanes[lane].conversions.begin()
        groupConversions[lanes[lane].group].begin()
        stages[number] = .converting(stalledAt: nil)
        conversions += 1
        return (number, check)
    }

    /// A lane's place among all: its registries count first.
    private func checkRank(_ lane: Int) -> (Int, Int, Int, Int) {
        let (group, own) = (groupChecks[lanes[lane].group].rank, lanes[lane].checks.rank)
        return (group.0, group.1, own.0, own.1)
    }

    /// The same for conversions.
    private func conversionRank(_ lane: Int) -> (Int, Int, Int, Int) {
        let (group, own) = (groupConversions[lanes[lane].group].rank, lanes[lane].conversions.rank)
        return (group.0, group.1, own.0, own.1)
    }

    /// Notes what a check came to: something to do, or to tell of. One that was never converted goes before those of its lane
    /// that were, and of these one with small layers first; `size` is that of its last conversion, in bytes.
    mutating func checked(_ number: Int, _ check: UpToDateCheck, size: Int64?) {
        endCheck(number)
        stages[number] = .ready(check)
        lanes[laneOf[number]].addReady(number, size: size)
    }

    /// Notes that one is done.
    mutating func finish(_ number: Int) {
        let lane = laneOf[number]
        switch stages[number] {
        case .checking: endCheck(number)
        case .converting:
            conversions -= 1
            stalled[number] = nil
            lanes[lane].conversions.end()
            groupConversions[lanes[lane].group].end()
        case .waiting, .ready, .done: return
        }
        stages[number] = .done
        left -= 1
    }

    private mutating func endCheck(_ number: Int) {
        guard case .checking(let isOverdue) = stages[number] else { return }
        let lane = laneOf[number]
        checks -= 1
        if isOverdue { overdueChecks -= 1 }
        lanes[lane].checks.end()
        groupChecks[lanes[lane].group].end()
        checksAt[lanes[lane].registries.input, default: 1] -= 1
    }

    /// Notes that a check takes long: nobody waits for it any more.
    mutating func overdue(_ number: Int) {
        guard case .checking(isOverdue: false) = stages[number] else { return }
        stages[number] = .checking(isOverdue: true)
        overdueChecks += 1
    }

    /// Notes that a conversion waits for a registry that brings nothing; nil where it goes on.
    mutating func stalled(_ number: Int, at host: String?) {
        guard case .converting = stages[number] else { return }
        stages[number] = .converting(stalledAt: host)
        stalled[number] = host
    }
}
