import SystemPackage

/// The files of a folder. Symbolic links are followed: whatever they lead to, a blob must have its digest.
struct FolderFiles: ImageFiles {
    let folder: FilePath

    func file(_ name: String) throws -> FileExtent? {
        try LocalFile.open(folder.appending(name)).map { FileExtent($0) }
    }
}
