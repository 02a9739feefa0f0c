import Foundation
import Glibc
import Plumbing
import Testing

@Suite("Users of this machine")
struct SystemUserTests {
    @Test("are found by their names")
    func known() throws {
        let root = try #require(try SystemUser.named("root"))
        #expect(root.uid == 0 && root.gid == 0)
        #expect(try SystemUser.named(NSUserName())?.uid == geteuid())
        // One whose numbers are none of root's.
        let daemon = try #require(try SystemUser.named("daemon"))
        #expect(daemon.uid != 0 && daemon.gid != 0)
    }

    @Test("are nil where there is none of that name")
    func unknown() throws {
        for name in ["", "no-such-user", "0", String(repeating: "x", count: 300)] {
            #expect(try SystemUser.named(name) == nil, "\(name)")
        }
    }
}
