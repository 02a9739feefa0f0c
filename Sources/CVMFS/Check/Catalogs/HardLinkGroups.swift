import Plumbing

/// The hard-link groups of one directory.
struct HardLinkGroups {
    private struct Group {
        let first: InspectedRow
        let path: BytePath
        var members: UInt32
    }

    private var groups: [UInt32: Group] = [:]

    /// Takes in a row that is no directory.
    mutating func add(_ row: InspectedRow, at path: BytePath, _ faults: FaultCollector) {
        guard row.linkCount > 1 else { return }
        guard row.linkGroup > 0 else {
            faults.add(.hardLinks, path.checkText, "link count \(row.linkCount) without a hard-link group")
            return
        }
        guard let group = groups[row.linkGroup] else {
            groups[row.linkGroup] = Group(first: row, path: path, members: 1)
            return
        }
        groups[row.linkGroup]?.members += 1
        let differences = row.differences(from: group.first)
        if !differences.isEmpty {
            let list = differences.joined(separator: ", ")
            faults.add(
                .hardLinks,
                path.checkText,
                "hard link of \(group.path.checkText), and they differ in \(list)"
            )
        }
    }

    /// Reports groups that are not complete: once the directory was read.
    func finish(_ faults: FaultCollector) {
        for (number, group) in groups where group.members != group.first.linkCount {
            faults.add(
                .hardLinks,
                group.path.checkText,
                "hard-link group \(number) has \(group.members) members in the directory, its link count is "
                    + "\(group.first.linkCount)"
            )
        }
    }
}
