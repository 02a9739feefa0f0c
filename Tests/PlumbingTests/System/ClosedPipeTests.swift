import Glibc
import Plumbing
import SystemPackage
import Testing

@Suite("Pipes that no child inherits")
struct ClosedPipeTests {
    @Test("are closed at both ends when a program begins, and lead from one to the other")
    func ends() throws {
        let pipe = try ClosedPipe.make()
        defer { try? pipe.readEnd.close() }
        for end in [pipe.readEnd, pipe.writeEnd] {
            #expect(fcntl(end.rawValue, F_GETFD) & FD_CLOEXEC == FD_CLOEXEC)
        }
        try pipe.writeEnd.closeAfter { _ = try pipe.writeEnd.writeAll("text".utf8) }
        var bytes = [UInt8](repeating: 0, count: 10)
        let count = try bytes.withUnsafeMutableBytes { try pipe.readEnd.read(into: $0) }
        #expect(bytes.prefix(count) == ArraySlice("text".utf8))
    }
}
