/// How one registry host is reached.
package struct HostSettings: Sendable, Equatable {
    /// Where its images are looked for before the host itself, in this order.
    package var mirrors: [RegistryMirror] = []
    /// Files with certificates of authorities that are trusted beside the machine's own.
    package var authorities: [String] = []
    /// A file with a certificate that this program shows, and those above it; nil for none.
    package var clientCertificate: String?
    /// The file with that certificate's key.
    package var clientKey: String?
    /// Whether it is spoken to in clear text.
    package var isInsecure = false
    /// The most requests at the same time; nil for the default.
    package var concurrent: Int?
    /// The most requests a second; nil for any number.
    package var perSecond: Double?
    /// How many pulls the host has to allow yet for this program to go on at full speed; nil for the default.
    package var pullReserve: Int?

    /// The database's user who logs in there where it is asked as a mirror; nil for the only one that there is.
    package var mirrorUser: String?

    /// A host like any other.
    package init() {}
}
