import CVMFS
import Plumbing
import SystemPackage

extension SystemUser {
    /// The `CVMFS_USER` of a repository. Throws ``CVMFSError`` where there is no such user.
    static func owner(_ name: String, of fqrn: String) throws -> SystemUser {
        let what = "the owner of \(fqrn), CVMFS_USER=\(Printable.text(name)),"
        do {
            guard let user = try named(name) else { throw CVMFSError(.refused, "\(what) is no user here") }
            return user
        } catch let error as Errno {
            throw CVMFSError(.system, "\(what) cannot be looked up: \(error)")
        }
    }
}
