package import SystemPackage

/// What `StateDatabase.initialize` did.
package struct InitializationReport: Sendable, Equatable {
    /// What was there before.
    package enum Before: Sendable, Equatable {
        /// Nothing, or an empty file.
        case nothing
        /// A database of this version: nothing was changed.
        case current
        /// A database of an older version.
        case older
        /// A database of the original program.
        case original
    }

    /// What was there before.
    package let before: Before
    /// The names of the migrations that were applied, in order.
    package let migrations: [String]
    /// What an operator has to know about values the original program damaged and rows that were merged.
    package let warnings: [String]
    /// Rows that could not be taken over.
    package let setAside: [SetAsideRow]
    /// The key file that had to be made to encrypt the passwords, where there was none.
    package let newKeyFile: FilePath?
}
