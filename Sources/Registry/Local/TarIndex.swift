import Plumbing

/// Where the members of a tar archive lie in its file; their content is not read.
///
/// For archives of `docker save` and the like: ustar, GNU long names and pax names, sizes and link targets. Layers have a
/// reader of their own, which takes far more and trusts far less.
struct TarIndex: ImageFiles {
    private enum Member {
        case file(FileExtent)
        case symlink(String)
        case hardLink(String)
    }

    private var members: [String: Member] = [:]

    private static let maximumMembers = 100_000
    private static let maximumExtension = 1 << 20
    private static let maximumLinks = 16

    /// Reads every header. Blocks. Throws ``LocalFault`` or `Errno`.
    init(_ file: LocalFile) throws {
        var position: Int64 = 0
        var extra = TarExtension()
        while position + TarMemberHeader.size <= file.size {
            let block = try file.read(at: position, count: Int(TarMemberHeader.size))
            guard let header = try TarMemberHeader(block, at: position) else { return }
            let content = FileExtent(file, offset: position + TarMemberHeader.size, size: extra.size ?? header.size)
            guard content.size <= file.size - content.offset else {
                throw LocalFault(.cut, "the archive ends in the middle of a member: it is cut")
            }
            position =
                content.offset + (content.size + TarMemberHeader.size - 1) / TarMemberHeader.size
                * TarMemberHeader.size
            if header.isExtension {
                try extra.read(header, content.bytes(limit: Self.maximumExtension, "an extended header"))
                continue
            }
            try add(header, extra, content)
            extra = TarExtension()
        }
    }

    private mutating func add(_ header: TarMemberHeader, _ extra: TarExtension, _ content: FileExtent) throws {
        guard members.count < Self.maximumMembers else {
            throw LocalFault(.tooLarge, "the archive has more than \(Self.maximumMembers) members")
        }
        let name = Self.normalised(extra.name ?? header.name)
        let target = extra.linkTarget ?? header.linkTarget
        switch header.type {
        case "0", "7", "\0": members[name] = .file(content)
        case "1": members[name] = .hardLink(target)
        case "2": members[name] = .symlink(target)
        case "S": throw LocalFault(.invalidDocument, "the archive has a sparse member, which no image tool writes")
        default: break
        }
    }

    /// Follows links within the archive: layers that several images share are one file and links to it.
    func file(_ name: String) throws -> FileExtent? {
        var name = Self.normalised(name)
        for _ in 0..<Self.maximumLinks {
            switch members[name] {
            case .file(let extent): return extent
            case .hardLink(let target): name = Self.normalised(target)
            case .symlink(let target):
                let folder = name.lastIndex(of: "/").map { name[..<$0] } ?? ""
                name = Self.normalised(target.hasPrefix("/") ? target : "\(folder)/\(target)")
            case nil: return nil
            }
        }
        throw LocalFault(.invalidDocument, "\(Printable.text(name, limit: 200)) is a circle of links")
    }

    /// Without `./`, and with `..` resolved as far as the archive's root.
    private static func normalised(_ name: String) -> String {
        var parts: [Substring] = []
        for part in name.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}
