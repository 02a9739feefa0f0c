/// What somebody may have meant.
enum Suggestion {
    /// `: did you mean …?` with the word that is nearest; the known words where none is near.
    static func text(for word: String, of known: [String]) -> String {
        let nearest = known.map { ($0, distance(word.lowercased(), $0.lowercased())) }.min { $0.1 < $1.1 }
        if let (name, distance) = nearest, distance <= max(1, min(word.count, name.count) / 2) {
            return ": did you mean \(name)?"
        }
        return ": known are \(known.joined(separator: ", "))"
    }

    /// Letters to insert, remove, replace or exchange with their neighbour (optimal string alignment). Long words are cut.
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.prefix(64)), Array(right.prefix(64)))
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var rows = [Array(0...right.count)]
        for row in 1...left.count {
            var line = [row]
            for column in 1...right.count {
                let isSame = left[row - 1] == right[column - 1]
                var least = min(
                    rows[row - 1][column] + 1,
                    line[column - 1] + 1,
                    rows[row - 1][column - 1] + (isSame ? 0 : 1)
                )
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    least = min(least, rows[row - 2][column - 2] + 1)
                }
                line.append(least)
            }
            rows.append(line)
        }
        return rows[left.count][right.count]
    }
}
