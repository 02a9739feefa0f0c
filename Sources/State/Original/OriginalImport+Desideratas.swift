import GRDB

extension OriginalImport {
    /// Keeps the numbers. Desideratas that became equal with their images become the first of them.
    mutating func take(desideratas rows: [OriginalRow]) throws {
        for row in rows {
            guard let input = row.integer("input_image").flatMap({ images[$0] }) else {
                try setAside(row, "its input image is not there or was set aside")
                continue
            }
            guard let output = row.integer("output_image").flatMap({ images[$0] }) else {
                try setAside(row, "its output image is not there or was set aside")
                continue
            }
            guard let repository = row.text("cvmfs_repo") else {
                try setAside(row, "it names no CVMFS repository")
                continue
            }
            warnOfDamage(row, [("cvmfs_repo", "CVMFS repository")])
            let twin = try Int64.fetchOne(
                db,
                sql: "SELECT id FROM desiderata WHERE input_image = ? AND output_image = ? AND cvmfs_repository = ?",
                arguments: [input, output, repository]
            )
            if let twin {
                desideratas[row.number] = twin
                warn("desiderata \(row.number) is the same as desiderata \(twin): merged")
            } else {
                desideratas[row.number] = row.number
                try db.execute(
                    sql: "INSERT INTO desiderata (id, input_image, output_image, cvmfs_repository) VALUES (?, ?, ?, ?)",
                    arguments: [row.number, input, output, repository]
                )
            }
        }
    }

    /// What the original converted becomes history. It noted no more than the digest of the configuration.
    mutating func take(converted rows: [OriginalRow]) throws {
        var seen: Set<[String]> = []
        for row in rows {
            guard let desiderata = row.integer("desiderata").flatMap({ desideratas[$0] }) else {
                try setAside(row, "its desiderata is not there or was set aside")
                continue
            }
            guard let digest = row.text("input_reference"), digest.contains(":"),
                !digest.hasPrefix(":"), !digest.hasSuffix(":")
            else {
                try setAside(row, "it holds no digest")
                continue
            }
            // Merged desideratas bring the same line twice.
            guard seen.insert(["\(desiderata)", digest]).inserted else { continue }
            try db.execute(
                sql: "INSERT INTO conversion (desiderata, outcome, config_digest) VALUES (?, 'imported', ?)",
                arguments: [desiderata, digest]
            )
        }
    }
}
