import Foundation
import Glibc
import Plumbing
import SystemPackage
import Terminal
import Testing

@Suite(.timeLimit(.minutes(1))) struct ScreenTests {
    /// A pipe, and a screen on its one end.
    private struct Fixture {
        let reader: FileDescriptor
        let writer: FileDescriptor
        let screen: Screen

        init(limit: Int = 1 << 20) throws {
            (reader, writer) = try FileDescriptor.pipe()
            screen = Screen(writer, limit: limit)
        }

        /// Fills the pipe, so that a write would wait. Returns how many bytes that takes.
        func fill() throws -> Int {
            let flags = fcntl(writer.rawValue, F_GETFL)
            try #require(fcntl(writer.rawValue, F_SETFL, flags | O_NONBLOCK) == 0)
            var count = 0
            while write(writer.rawValue, "x", 1) == 1 { count += 1 }
            try #require(errno == EAGAIN && fcntl(writer.rawValue, F_SETFL, flags) == 0)
            return count
        }

        /// Waits until everything is written, and reads it.
        func finish() async throws -> String {
            async let text = onDedicatedThread("reader") { [reader] in
                defer { try? reader.close() }
                var (text, buffer) = (Data(), [UInt8](repeating: 0, count: 4096))
                while true {
                    let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
                    if count == 0 { return String(decoding: text, as: UTF8.self) }
                    text += buffer.prefix(count)
                }
            }
            try await onDedicatedThread("end") { [screen, writer] in
                #expect(screen.flush())
                try writer.close()
            }
            return try await text
        }
    }

    @Test func nobodyWaitsForAReader() async throws {
        let fixture = try Fixture(limit: 10_000)
        let filling = try fixture.fill()
        fixture.screen.show { _ in ["a bar"] }
        fixture.screen.clear()
        let line = String(repeating: "-", count: 99)
        for number in 0..<1_000 { fixture.screen.write("\(number)\(line)\n") { "\($0) lost\n" } }
        #expect(!fixture.screen.flush(within: .zero))
        let text = try await fixture.finish().dropFirst(filling)
        var (kept, lost) = (0, 0)
        for text in text.split(separator: "\n") {
            if let count = text.wholeMatch(of: /([0-9]+) lost/)?.1 {
                lost += try #require(Int(count))
            } else {
                #expect(text.hasSuffix("\(kept + lost)\(line)"))
                kept += 1
            }
        }
        #expect((90..<110).contains(kept))
        #expect(kept + lost == 1_000)
    }

    @Test func whatWasLostIsToldInItsPlace() async throws {
        let fixture = try Fixture(limit: 10)
        let filling = try fixture.fill()
        for text in ["first\n", "a text that is too long\n", "another of them\n", "2nd\n"] {
            fixture.screen.write(text) { "\($0) lost\n" }
        }
        #expect(try await fixture.finish().dropFirst(filling) == "first\n2 lost\n2nd\n")
    }

    @Test func anotherWriterComesInItsPlace() async throws {
        let fixture = try Fixture()
        let screen = fixture.screen
        let writer = fixture.writer
        screen.show { _ in ["bar"] }
        screen.write("one\n") { _ in "" }
        try await onDedicatedThread("other") {
            _ = try screen.yield { try writer.writeAll("two\n".utf8) }
        }
        screen.write("three\n") { _ in "" }
        screen.clear()
        let text = try await fixture.finish()
        let places = ["one", "two", "three"].compactMap { text.range(of: $0)?.lowerBound }
        #expect(places.count == 3 && places == places.sorted())
        // No bar is on the screen while the other writes, and none at the end.
        let clearing = ScreenText.draw([])
        #expect(text.contains("\(clearing)two\n"))
        let last = try #require(text.range(of: clearing, options: .backwards))
        #expect(!text[last.upperBound...].contains("bar"))
    }
}
