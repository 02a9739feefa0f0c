package import SystemPackage

/// What adding a user did.
package struct UserAddition: Sendable, Equatable {
    /// The same user and registry were there already: the password is now the new one.
    package let replaced: Bool
    /// The key file that had to be made, where there was none.
    package let newKeyFile: FilePath?
    /// Users whose passwords were encrypted with another key than today's: they have to be added again.
    package let unreadable: [User]

    /// A result by its parts.
    package init(replaced: Bool, newKeyFile: FilePath?, unreadable: [User]) {
        self.replaced = replaced
        self.newKeyFile = newKeyFile
        self.unreadable = unreadable
    }
}
