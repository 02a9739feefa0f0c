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
