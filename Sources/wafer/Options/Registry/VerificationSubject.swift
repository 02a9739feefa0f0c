import Conversion
import OCI
import State

/// Which repository is meant, and who logs in, where the command line does not say.
struct VerificationSubject {
    let repository: String
    let user: String?
    /// The desideratas that want the image there.
    let desideratas: [Desiderata]

    /// A choice that the operator has to make.
    struct Ambiguous: Error, CustomStringConvertible {
        let description: String
    }

    /// Takes what is missing from the image's desideratas. Throws where these do not agree or there are none.
    init(_ image: ImageSource, repository: String?, user: String?, in database: StateDatabase) async throws {
        let identity = image.identity
        let known = try await database.wishes.desideratas().filter { desiderata in
            try ImageSource(desiderata.input.reference).identity == identity
        }
        let fitting = known.filter { repository == nil || $0.cvmfsRepository == repository }
        let repositories = Set(fitting.map(\.cvmfsRepository))
        if let repository {
            self.repository = repository
        } else if let only = repositories.first, repositories.count == 1 {
            self.repository = only
        } else if repositories.isEmpty {
            throw Ambiguous(
                description: "no desiderata has the input image \(image): name the repository with --repository"
            )
        } else {
            let names = repositories.sorted().joined(separator: ", ")
            throw Ambiguous(description: "\(image) is in several repositories (\(names)): name one with --repository")
        }
        // All of them are of one repository by now.
        desideratas = fitting
        let users = Set(fitting.compactMap(\.input.reference.user))
        self.user = user ?? (users.count == 1 ? users.first : nil)
    }
}
