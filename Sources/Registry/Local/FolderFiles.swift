import SystemPackage

/// The files of a folder. Symbolic links are followed: whatever they lead to, a blob must have its digest.
struct FolderFiles: ImageFiles {
    let folder: FilePath

    func file(_ name: String) throws -> FileExtent? {
        do {
            return try LocalFile.open(folder.appending(name)).map { FileExtent($0) }
        } catch Errno.notDirectory {
            throw LocalFault(
                .invalidDocument,
                "\(folder) is a file and no folder",
                nextStep: "name an archive oci-archive:FILE or docker-archive:FILE"
            )
        }
    }
}
