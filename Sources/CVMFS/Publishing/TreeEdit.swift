package import Plumbing

/// How a file comes out of the one that is there.
package struct FileAmendment: Sendable, Equatable {
    /// What is done, as an error calls it; amendments of one name do the same.
    package let purpose: String
    /// The new bytes, nil for no file, of the old ones, nil where there are none. Throws where these are not understood.
    package let bytes: @Sendable (_ former: [UInt8]?) throws -> [UInt8]?

    /// An amendment.
    package init(_ purpose: String, _ bytes: @escaping @Sendable (_ former: [UInt8]?) throws -> [UInt8]?) {
        self.purpose = purpose
        self.bytes = bytes
    }

    package static func == (left: FileAmendment, right: FileAmendment) -> Bool { left.purpose == right.purpose }
}

/// One change of a repository's tree. A commit makes a list of them, in one revision.
package struct TreeEdit: Sendable, Equatable {
    /// What is done at the path.
    package enum Change: Sendable, Equatable {
        /// Puts there what was prepared for this path. `replacing` also where a complete one is there already.
        case attach(replacing: Bool)
        /// Writes a small file of these bytes, in place of a file, a link or a device.
        case file([UInt8])
        /// Makes a symbolic link to these bytes, in place of a file, a link or a device.
        case symlink([UInt8])
        /// Makes a directory; one that is there keeps what is in it.
        case directory
        /// Makes of a small file another one, or removes it: of what is there when nobody else can write.
        case amend(FileAmendment)
        /// Makes a symbolic link to these bytes in place of nothing or of such a link; nil removes one. What else may be
        /// there stays, and the commit fails.
        case name(target: [UInt8]?)
        /// Removes what is there with everything below it, and the directories above it that then have nothing left, but
        /// for the publisher's own at the top. Nothing there is fine.
        case remove
        /// The same, unless something is at that path then.
        case removeUnless(BytePath)

        /// Whether something goes in any case.
        package var isRemoval: Bool {
            switch self {
            case .remove, .removeUnless, .name(target: nil): true
            case .attach, .file, .symlink, .directory, .amend, .name: false
            }
        }
    }

    /// Who it belongs to, and since when it is as it is. What is nil is as ever: files are 0644, directories 0755, and
    /// the publisher's own, of the time of the commit.
    package struct Attributes: Sendable, Equatable {
        /// The permission bits of `st_mode`; links have none.
        package var permissions: UInt16?
        /// A user's number.
        package var uid: UInt32?
        /// A group's number.
        package var gid: UInt32?
        /// Seconds since 1970.
        package var modified: Int64?

        /// Takes the parts.
        package init(
            permissions: UInt16? = nil,
            uid: UInt32? = nil,
            gid: UInt32? = nil,
            modified: Int64? = nil
        ) {
            self.permissions = permissions
            self.uid = uid
            self.gid = gid
            self.modified = modified
        }
    }

    /// Where.
    package let path: BytePath
    /// What.
    package let change: Change
    /// As what.
    package let attributes: Attributes
    /// Whether this alone is worth a revision. What is not is done along with what is.
    package let isDecisive: Bool

    /// Takes the parts.
    package init(
        _ path: BytePath,
        _ change: Change,
        attributes: Attributes = Attributes(),
        isDecisive: Bool = true
    ) {
        self.path = path
        self.change = change
        self.attributes = attributes
        self.isDecisive = isDecisive
    }
}

extension TreeEdit.Attributes {
    /// A row with what these ask for.
    func applied(to row: CatalogEntry) -> CatalogEntry {
        var row = row
        if let permissions { row.mode = row.mode & ~0o7777 | UInt32(permissions & 0o7777) }
        if let uid { row.uid = Int64(uid) }
        if let gid { row.gid = Int64(gid) }
        if let modified { row.modified = modified }
        return row
    }

    /// Whether a row is as these ask for.
    func agree(with row: CatalogEntry) -> Bool {
        let permissions = self.permissions.map { UInt32($0 & 0o7777) == row.mode & 0o7777 } ?? true
        return permissions && uid.map { Int64($0) == row.uid } ?? true && gid.map { Int64($0) == row.gid } ?? true
            && modified.map { $0 == row.modified } ?? true
    }
}
