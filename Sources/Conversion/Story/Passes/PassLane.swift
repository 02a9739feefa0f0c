import State

/// The desideratas of a pass that ask the same registries and are of the same recipe.
struct PassLane {
    /// Where images come from, and where thin images go.
    struct Registries: Hashable {
        let input: String
        let output: String?

        init(_ desiderata: Desiderata) {
            input = desiderata.input.reference.canonicalRegistry
            output = desiderata.output?.reference.canonicalRegistry
        }

        /// Whether none of them is among these.
        func areFree(of blocked: Set<String>) -> Bool {
            !blocked.contains(input) && !(output.map(blocked.contains) ?? false)
        }
    }

    /// How much of one kind of work is being done, and was begun.
    struct Share {
        private var active = 0
        private var begun = 0

        mutating func begin() {
            active += 1
            begun += 1
        }

        mutating func end() { active -= 1 }

        /// The least goes first: of two that are equally busy it is the turn of the one that had less.
        var rank: (Int, Int) { (active, begun) }
    }

    let registries: Registries
    /// That of all lanes that ask these registries.
    let group: Int
    /// The numbers that nobody has looked at, in order.
    var waiting = NumberQueue()
    private var new = NumberQueue()
    /// Those that were converted before, small ones first.
    private var known: [(size: Int64, number: Int)] = []
    var checks = Share()
    var conversions = Share()

    init(_ registries: Registries, group: Int) {
        self.registries = registries
        self.group = group
    }

    /// How many wait for their conversion.
    var ready: Int { new.count + known.count }

    /// Adds one to be converted; `size` is that of its layers when it was converted last, in bytes, nil for a new one.
    mutating func addReady(_ number: Int, size: Int64?) {
        guard let size else { return new.append(number) }
        let place = known.firstIndex { $0.size > size } ?? known.endIndex
        known.insert((size, number), at: place)
    }

    /// New ones before those that there are, and of these small ones before large ones.
    mutating func takeReady() -> Int? {
        new.removeFirst() ?? (known.isEmpty ? nil : known.removeFirst().number)
    }
}
