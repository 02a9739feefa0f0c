package import SystemPackage

/// What can go wrong with the state database or the key file. Holds and shows no password.
package enum StateError: Error, Equatable {
    // The database as a whole.
    case noDatabase(FilePath)
    case originalDatabase(FilePath)
    case laterOriginalDatabase(FilePath)
    case olderDatabase(FilePath)
    case newerDatabase(FilePath, migrations: [String])
    case foreignDatabase(FilePath)
    case notADatabase(FilePath)
    case damaged(FilePath, detail: String)
    // Reading and writing it.
    case busy(FilePath)
    case diskFull(FilePath)
    case readOnly(FilePath)
    case cannotOpen(FilePath, reason: String)
    case inputOutput(FilePath, detail: String)
    case sqlite(FilePath, detail: String)
    // Its rows.
    case invalidValue(String)
    case unknownUser(String, registry: String)
    case unknownDesiderata(Int64)
    case desiderataExists(Int64, difference: String?)
    /// A desiderata has an image's name, of which another one would be in the way.
    case nameTaken(TakenName)
    /// A desiderata has an image for one platform alone, and another one (nil: the one that is being added) would be for
    /// another alone: these two, in this order.
    case otherPlatform(of: Int64, image: String, repository: String, platforms: [String], wantedBy: Int64?)
    case unknownRepository(String)
    case repositoryExists(String)
    case conversionNotRunning(Int64)
    case unknownRecipe(String)
    // Claims.
    case claimed(ClaimSubject, Claim)
    case claimLost(ClaimSubject)
    // Credentials.
    case noKeyFileKnown
    case keyFileMissing(FilePath, users: [User])
    case keyFileExposed(FilePath, reason: String)
    case keyFileMalformed(FilePath)
    case keyFile(FilePath, Errno)
    case otherKey(FilePath, user: User, users: [User])
    case credentialChanged(User)
}
