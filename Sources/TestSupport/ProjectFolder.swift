package import SystemPackage

/// Where the project lies that these tests were built from.
package enum ProjectFolder {
    /// The folder that holds `Sources` and `Tests`, wherever in it this file is.
    package static let root: FilePath = {
        var folder = FilePath(#filePath)
        while let name = folder.lastComponent {
            folder.removeLastComponent()
            if name == "Sources" { break }
        }
        return folder
    }()
}
