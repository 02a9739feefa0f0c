import CVMFS
import Foundation
import StockServer
import SystemPackage
import TestSupport
import Testing

@Suite("server.conf, read and never run")
struct ServerConfigurationTests {
    private static let fqrn = NativeRepository.fqrn
    private static let plain = ManagedRepository.configuration(storage: "/srv/x", spool: "/spool/x", owner: "alice")

    private func parse(_ more: String = "", after text: String = plain) throws -> ServerConfiguration {
        try ServerConfiguration(Self.fqrn, Array((text + more + "\n").utf8), file: "/etc/server.conf")
    }

    private func problem(_ more: String, after text: String = plain) -> String {
        do {
            return "accepted: \(try parse(more, after: text))"
        } catch {
            return "\(error)"
        }
    }

    @Test("what mkfs writes")
    func plain() throws {
        let configuration = try parse()
        #expect(configuration.storage == "/srv/x" && configuration.spool == "/spool/x")
        #expect(configuration.owner == "alice" && configuration.keys == "/etc/cvmfs/keys")
        #expect(configuration.url == "http://localhost/cvmfs/\(Self.fqrn)")
        #expect(
            configuration.settings
                == PublishingSettings(
                    chunking: .detected(minimum: 4 << 20, average: 8 << 20, maximum: 16 << 20),
                    collectsGarbage: true
                )
        )
        #expect(configuration.remarks == [])
    }

    @Test("what an operator sets is followed")
    func settings() throws {
        let more = """
            CVMFS_COMPRESSION_ALGORITHM=none
            CVMFS_MIN_CHUNK_SIZE=1000
            CVMFS_AVG_CHUNK_SIZE=2000
            CVMFS_MAX_CHUNK_SIZE=4000
            CVMFS_AUTOCATALOGS=true
            CVMFS_AUTOCATALOGS_MAX_WEIGHT=5000
            CVMFS_AUTOCATALOGS_MIN_WEIGHT=50
            CVMFS_NESTED_KCATALOG_LIMIT=4
            export CVMFS_REPOSITORY_TTL=900
            CVMFS_GARBAGE_COLLECTION=false
            CVMFS_AUTO_TAG=true
            CVMFS_AUTO_TAG_TIMESPAN='4 weeks ago'
            CVMFS_KEYS_DIR=/keys
            """
        let configuration = try parse(more)
        #expect(configuration.keys == "/keys" && configuration.storesVerbatim)
        #expect(
            configuration.settings
                == PublishingSettings(
                    chunking: .detected(minimum: 1000, average: 2000, maximum: 4000),
                    limits: CatalogLimits(maximum: 4000, minimum: 50),
                    timeToLive: 900,
                    autoTags: AutoTags(kept: Timespan("4 weeks ago"))
                )
        )
        #expect(try parse("CVMFS_USE_FILE_CHUNKING=false").settings.chunking == .fixed(16 << 20))
        #expect(try parse("CVMFS_MAX_CHUNK_SIZE=33554432").settings.chunking == .contentDefined)
        #expect(try parse("CVMFS_MAX_CHUNK_SIZE=33554432").remarks.count == 1)
    }

    @Test("quotes, comments and spaces mean what they mean to a shell")
    func syntax() throws {
        let cases = [
            (#"CVMFS_KEYS_DIR="/a b" # text"#, "/a b"), ("CVMFS_KEYS_DIR='/a$b`c'", "/a$b`c"),
            (#"CVMFS_KEYS_DIR=/a'b 'c"d""#, "/ab cd"), (#"CVMFS_KEYS_DIR="/\$a\"b\x\\""#, #"/$a"b\x\"#),
            ("  readonly  CVMFS_KEYS_DIR=/a#b", "/a#b"), ("CVMFS_KEYS_DIR=/a\nCVMFS_KEYS_DIR=/b", "/b"),
            ("#CVMFS_KEYS_DIR=$(x)\n\n \t\nCVMFS_KEYS_DIR=/a", "/a"), ("CVMFS_KEYS_DIR=", "/etc/cvmfs/keys"),
        ]
        for (line, value) in cases { #expect(try parse(line).keys == FilePath(value), "\(line)") }
    }

    @Test(
        "what a shell would run or expand is an error that names the line",
        arguments: [
            "X=$(touch /tmp/x)", "X=`id`", "X=\"$(id)\"", "X=\"`id`\"", "X=$HOME", "X=\"${Y}\"", "X=a;id", "X=a&id",
            "X=a|id", "X=a id", "id", "id X=a", "X=<(id)", "X=a>b", "X=(a b)", "X=~/a", "X=a*", "X=a?", "X=[a]",
            "X={a,b}", "X=a\\ b", "X=a\\", "X='open", "X=\"open", "X=\"open\\\"", "X+=a", "1X=a", "X =a", "=a", "X",
            "if true; then", "source /etc/x", ". /etc/x", "eval X=a", "X=a\u{0}b", "X=a\r", "export", "export X",
            "unset X", "X=$'a'", "X!=a", "Ä=a",
        ]
    )
    func hostile(_ line: String) {
        let number = Self.plain.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(problem(line).hasPrefix("/etc/server.conf, line \(number): "), "\(problem(line))")
    }

    @Test("random bytes do no harm")
    func noise() throws {
        var random = SeededRandom(seed: 7)
        let alphabet = Array("AB=\"'\\$`#;& \n\t()".utf8) + [0, 0xFF, 0xC3]
        var accepted = 0
        for _ in 0..<2000 {
            let bytes = (0..<40).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            let isAccepted = try Fuzzing.allowing(CVMFSError.self) {
                _ = try ServerConfiguration(Self.fqrn, Array(Self.plain.utf8) + bytes, file: "/x")
            }
            if isAccepted { accepted += 1 }
        }
        #expect((0..<2000).contains(accepted))
    }

    @Test("what this version cannot do is refused, with the reason")
    func refused() {
        let cases = [
            ("CVMFS_UPSTREAM_STORAGE=S3,/tmp,x@/etc/s3.conf", "neither S3 nor a gateway"),
            ("CVMFS_UPSTREAM_STORAGE=gw,/tmp,http://host:4929/api/v1", "neither S3 nor a gateway"),
            ("CVMFS_UPSTREAM_STORAGE=local,/tmp", "local,TEMPORARY,STORAGE"),
            ("CVMFS_UPSTREAM_STORAGE=local,/tmp,relative", "absolute"),
            ("CVMFS_REPOSITORY_NAME=other.example.org", "not \(Self.fqrn)"),
            ("CVMFS_REPOSITORY_TYPE=stratum1", "where the stratum 0 is"),
            ("CVMFS_CREATOR_VERSION=142", "cvmfs_server migrate"), ("CVMFS_EXTERNAL_DATA=true", "CVMFS_EXTERNAL_DATA"),
            ("CVMFS_USER=", "does not set CVMFS_USER"),
            ("CVMFS_COMPRESSION_ALGORITHM=zstd", "default, zlib or none"),
            ("CVMFS_MIN_CHUNK_SIZE=8388608", "must grow"), ("CVMFS_MIN_CHUNK_SIZE=-1", "a number is expected"),
            ("CVMFS_MAX_CHUNK_SIZE=99999999999999999999", "a number is expected"),
            ("CVMFS_AUTO_TAG=maybe", "true or false"), ("CVMFS_SPOOL_DIR=spool", "absolute path"),
            ("CVMFS_AUTO_TAG=true\nCVMFS_AUTO_TAG_TIMESPAN=soon", "3 weeks ago"),
        ]
        for (line, reason) in cases { #expect(problem(line).contains(reason), "\(line): \(problem(line))") }
    }

    @Test("no configuration, or that of a replica")
    func files() async throws {
        try await withTemporaryFolder { folder in
            let own = folder.appending(Self.fqrn)
            try FileManager.default.createDirectory(atPath: own.string, withIntermediateDirectories: true)
            #expect(throws: CVMFSError.self) { try ServerConfiguration.read(Self.fqrn, in: folder) }
            #expect(throws: CVMFSError.self) { try ServerConfiguration.read("../\(Self.fqrn)", in: folder) }
            try own.appending("server.conf").write(Array(Self.plain.utf8))
            #expect(try ServerConfiguration.read(Self.fqrn, in: folder).file == own.appending("server.conf"))
            try own.appending("replica.conf").write([])
            #expect(throws: CVMFSError.self) { try ServerConfiguration.read(Self.fqrn, in: folder) }
        }
    }

    @Test("spans of time")
    func spans() throws {
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        let cases: [(String, Int64)] = [
            ("3 weeks ago", 3 * 7 * 86400), ("1 day ago", 86400), ("day ago", 86400), ("yesterday", 86400),
            ("-2 hours", 7200), ("90 min ago", 5400), ("0 days ago", 0), ("2 Fortnights  AGO", 28 * 86400),
        ]
        for (text, seconds) in cases {
            #expect(try #require(Timespan(text), "\(text)").start(before: now) == 1_700_000_000 - seconds)
        }
        // 14 November less a month.
        #expect(try #require(Timespan("1 month ago")).start(before: now) == 1_700_000_000 - 31 * 86400)
        for text in ["", "ago", "tomorrow", "3 weeks", "weeks 3 ago", "3 lunches ago", "-3 days ago", "1.5 days ago"] {
            #expect(Timespan(text) == nil, "\(text)")
        }
    }
}
