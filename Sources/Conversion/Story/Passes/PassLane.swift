import State

/// The desideratas of a pass that ask the same registries.
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

    let registries: Registries
    /// The numbers that nobody has looked at, in order.
    var waiting = NumberQueue()
    private var new = NumberQueue()
    private var known = NumberQueue()
    /// How many are being looked at, and converted.
    var checking = 0
    var converting = 0
    /// How many were begun: between two lanes that are equally busy it is the turn of the one that had less.
    private var checksBegun = 0
    private var conversionsBegun = 0

    init(_ registries: Registries) {
        self.registries = registries
    }

    /// How many wait for their conversion.
    var ready: Int { new.count + known.count }

    /// The lane with the least goes first.
    var checkRank: (Int, Int) { (checking, checksBegun) }

    /// The same for conversions.
    var conversionRank: (Int, Int) { (converting, conversionsBegun) }

    mutating func takeWaiting() -> Int? {
        guard let number = waiting.removeFirst() else { return nil }
        checking += 1
        checksBegun += 1
        return number
    }

    mutating func addReady(_ number: Int, isNew: Bool) {
        if isNew { new.append(number) } else { known.append(number) }
    }

    mutating func takeReady() -> Int? {
        guard let number = new.removeFirst() ?? known.removeFirst() else { return nil }
        converting += 1
        conversionsBegun += 1
        return number
    }
}

/// Numbers in the order in which they came.
struct NumberQueue {
    private var numbers: [Int] = []
    private var taken = 0

    var count: Int { numbers.count - taken }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ number: Int) { numbers.append(number) }

    mutating func removeFirst() -> Int? {
        guard taken < numbers.count else { return nil }
        defer { taken += 1 }
        return numbers[taken]
    }
}
