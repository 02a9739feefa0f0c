import Foundation
import SystemPackage

/// The process's environment and folders.
enum Environment {
    /// A variable; an empty one counts as none.
    static func value(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `wafer` in the user's configuration folder, nil where the environment names none. A relative `XDG_CONFIG_HOME`
    /// does not count (XDG base directory specification).
    static var configurationFolder: FilePath? {
        if let folder = value("XDG_CONFIG_HOME").map({ FilePath($0) }), folder.isAbsolute {
            return folder.appending("wafer")
        }
        return value("HOME").map { FilePath($0).appending(".config/wafer") }
    }

    /// Where keys of repositories lie by default.
    static var defaultKeysFolder: FilePath? { configurationFolder?.appending("keys") }

    /// A path as it is seen from everywhere: the database outlives the current folder.
    static func absolute(_ path: String) -> FilePath {
        let path = FilePath(path)
        if path.isAbsolute { return path.lexicallyNormalized() }
        return FilePath(FileManager.default.currentDirectoryPath).pushing(path).lexicallyNormalized()
    }
}
