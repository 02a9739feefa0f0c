import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite("The memory of the machine")
struct MachineMemoryTests {
    @Test("a group has no more than those above it")
    func groups() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let root = folder.path
        let inner = root.appending("system").appending("wafer")
        try FileManager.default.createDirectory(atPath: inner.string, withIntermediateDirectories: true)
        func limit() -> Int64 { MachineMemory.limit(of: "1:name=x:/\n0::/system/wafer\n", below: root) }
        #expect(limit() == .max)
        try "max\n".write(toFile: inner.appending("memory.max").string, atomically: true, encoding: .utf8)
        #expect(limit() == .max)
        try "4096\n".write(
            toFile: root.appending("system").appending("memory.max").string,
            atomically: true,
            encoding: .utf8
        )
        #expect(limit() == 4096)
        try "1024\n".write(toFile: inner.appending("memory.max").string, atomically: true, encoding: .utf8)
        #expect(limit() == 1024)
        #expect(MachineMemory.limit(of: "", below: root) == .max)
        #expect(MachineMemory.bytes > 1 << 20)
    }
}
