import OCI

/// A list with an image on each line, as `docker_images.txt` of https://github.com/opensciencegrid/cvmfs-singularity-sync.
enum PlainList {
    static func read(_ text: String) -> Recipe {
        var entries: [RecipeEntry] = []
        var faults: [RecipeFault] = []
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        for (number, line) in lines.enumerated() {
            let words = content(of: line)
            guard !words.isEmpty else { continue }
            let indent = line[..<words.startIndex]
            let position = RecipePosition(line: number + 1, column: indent.unicodeScalars.count + 1)
            do throws(RecipeFault) {
                entries.append(try entry(String(words), at: position))
            } catch {
                faults.append(error.of(entry: String(words)))
            }
        }
        return Recipe(form: .list, repository: nil, entries: entries, faults: faults)
    }

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t" || character == "\u{FEFF}"
    }

    /// What a line says: without its comment and the blanks at its ends.
    static func content(of line: Substring) -> Substring {
        let line = line.drop(while: isBlank)
        var end = line.endIndex
        for place in line.indices where line[place] == "#" {
            if place == line.startIndex || isBlank(line[line.index(before: place)]) {
                end = place
                break
            }
        }
        var words = line[..<end]
        while let last = words.last, isBlank(last) { words.removeLast() }
        return words
    }

    private static func entry(_ text: String, at position: RecipePosition) throws(RecipeFault) -> RecipeEntry {
        let name = try EntryName(text, at: position)
        return RecipeEntry(
            position: position,
            text: text,
            image: name.image,
            tags: name.glob.map { TagRules(globs: [$0]) },
            options: .standard
        )
    }
}
