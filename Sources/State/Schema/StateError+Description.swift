import Plumbing

extension StateError: CustomStringConvertible {
    /// One line: what failed, on what, and what to do next.
    package var description: String {
        switch self {
        case .noDatabase(let file):
            "no database here (\(file)): run `wafer init`"
        case .originalDatabase(let file):
            "the database \(file) was made by the original program: run `wafer init` to take it over"
        case .laterOriginalDatabase(let file):
            "the database \(file) was made by a later version of the original program (it has a table `wish`), which "
                + "Wafer does not take over: name another file with --database"
        case .olderDatabase(let file):
            "the database \(file) was made by an older version: run `wafer init` to upgrade it"
        case .newerDatabase(let file, let migrations):
            "the database \(file) was made by a newer version (it has: "
                + "\(migrations.map { Printable.text($0) }.joined(separator: ", "))): use that version of Wafer"
        case .foreignDatabase(let file):
            "\(file) is a database, but neither one of Wafer nor of the original program: name another file with "
                + "--database"
        case .notADatabase(let file):
            "\(file) is not a Wafer database, nor any other: name another file with --database"
        case .damaged(let file, let detail):
            "the database \(file) is damaged (\(Printable.text(detail))): restore it from a backup"
        case .busy(let file):
            "another program keeps the database \(file) locked: end it, or try again later"
        case .diskFull(let file):
            "no space left on the disk of the database \(file): nothing was changed; free some space and try again"
        case .readOnly(let file):
            "the database \(file) cannot be written: check the permissions of the file and of its folder"
        case .cannotOpen(let file, let reason):
            "cannot open the database \(file): \(Printable.text(reason))"
        case .inputOutput(let file, let detail):
            "reading or writing the database \(file) failed: \(Printable.text(detail))"
        case .sqlite(let file, let detail):
            "the database \(file) refused: \(Printable.text(detail))"
        case .invalidValue, .unknownUser, .unknownDesiderata, .desiderataExists, .nameTaken, .otherPlatform,
            .unknownRepository, .repositoryExists, .conversionNotRunning, .unknownRecipe, .claimed, .claimLost:
            rowDescription
        case .noKeyFileKnown, .keyFileMissing, .keyFileExposed, .keyFileMalformed, .keyFile, .otherKey,
            .credentialChanged:
            credentialDescription
        }
    }

    private var rowDescription: String {
        switch self {
        case .invalidValue(let problem):
            problem
        case .unknownUser(let name, let registry):
            "no user \(Printable.text(name)) at \(Printable.text(registry)): add it with `wafer add-user`"
        case .unknownDesiderata(let id):
            "no desiderata \(id): `wafer list-desideratas` shows those there are"
        case .desiderataExists(let id, nil):
            "this desiderata is already in the database, as number \(id): `wafer convert \(id)` converts it"
        case .desiderataExists(let id, let difference?):
            "these images and this repository are already in the database, as number \(id), \(difference): `wafer "
                + "set-desiderata \(id)` changes that"
        case .nameTaken(let name):
            name.description
        case .otherPlatform(let id, let image, let fqrn, let platforms, let wantedBy):
            StateError.otherPlatform(id, image, fqrn, platforms.map { Printable.text($0) }, wantedBy)
        case .unknownRepository(let fqrn):
            "repository \(Printable.text(fqrn)) is not registered: `wafer repository create \(Printable.text(fqrn)) "
                + "--storage DIR`"
        case .repositoryExists(let fqrn):
            "repository \(Printable.text(fqrn)) is already registered"
        case .conversionNotRunning(let id):
            "conversion \(id) is not running: there is nothing to record for it"
        case .unknownRecipe(let source):
            "no recipe \(Printable.text(source)) was applied: `wafer recipe list` shows those there are"
        case .claimed(let subject, let claim):
            "\(subject) is in the hands of \(claim)"
        case .claimLost(let subject):
            "another process took over \(subject) because this one was not heard of for too long"
        default:
            "an error of the state database"
        }
    }

    private var credentialDescription: String {
        switch self {
        case .noKeyFileKnown:
            "no place known for the key of the stored passwords: set WAFER_KEY_FILE, or HOME"
        case .keyFileMissing(let file, let users):
            "the key file \(file) is missing, and without it no stored password can be read: bring it back (or name it "
                + "with WAFER_KEY_FILE), or add again with `wafer add-user`: \(StateError.list(users))"
        case .keyFileExposed(let file, let reason):
            "the key file \(file) \(reason): make it yours alone with `chmod 600`, and change the passwords if "
                + "someone may have read it"
        case .keyFileMalformed(let file):
            "\(file) is not a key file of Wafer: restore it from a backup, or name another with WAFER_KEY_FILE"
        case .keyFile(let file, let errno):
            "cannot use the key file \(file): \(errno)"
        case .otherKey(let file, let user, let users):
            "the password of \(user) was not encrypted with the key in \(file): bring the right key file back (or name "
                + "it with WAFER_KEY_FILE), or add again with `wafer add-user`: \(StateError.list(users))"
        case .credentialChanged(let user):
            "the stored password of \(user) was changed or moved in the database: add it again with `wafer add-user`"
        default:
            "an error of the key file"
        }
    }

    private static func otherPlatform(
        _ id: Int64,
        _ image: String,
        _ fqrn: String,
        _ platforms: [String],
        _ wantedBy: Int64?
    ) -> String {
        let change = "`wafer set-desiderata \(id) \(platforms.map { "--platform \($0)" }.joined(separator: " "))`"
        let (kept, wanted) = (platforms.first ?? "", platforms.last ?? "")
        let (claimant, step) =
            switch wantedBy {
            case nil: ("this one", "\(change) makes one desiderata for both")
            case let other?:
                ("desiderata \(other)", "`wafer remove-desiderata \(other)` and \(change) make one desiderata for both")
            }
        return
            "desiderata \(id), of \(Printable.text(image)) in \(Printable.text(fqrn)), is for \(kept) alone, and \(claimant) "
            + "would be for \(wanted) alone, so that each would replace what the other published: \(step)"
    }

    private static func list(_ users: [User]) -> String {
        let shown = users.prefix(20).map(\.description).joined(separator: ", ")
        return users.count > 20 ? "\(shown) and \(users.count - 20) more" : shown
    }
}
