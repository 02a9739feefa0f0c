import CVMFS
import Plumbing
package import SystemPackage

extension ServerConfiguration {
    /// Makes sense of the bytes of a `server.conf`.
    package init(_ fqrn: String, _ bytes: [UInt8], file: FilePath) throws {
        let values = Values(values: try ShellAssignments(bytes, file: file.string).values, file: file)
        let name = try values.required("CVMFS_REPOSITORY_NAME")
        guard name == fqrn else { throw values.refusal("CVMFS_REPOSITORY_NAME", "it is not \(fqrn)") }
        guard values["CVMFS_REPOSITORY_TYPE"] ?? "stratum0" == "stratum0" else {
            throw values.refusal("CVMFS_REPOSITORY_TYPE", "publish where the stratum 0 is")
        }
        if let layout = values["CVMFS_CREATOR_VERSION"], layout != Self.layoutRevision {
            throw values.refusal(
                "CVMFS_CREATOR_VERSION",
                "Wafer knows \(Self.layoutRevision); `cvmfs_server migrate` brings an older one there"
            )
        }
        if try values.flag("CVMFS_EXTERNAL_DATA") == true {
            throw values.refusal("CVMFS_EXTERNAL_DATA", "Wafer stores content in the repository only")
        }
        var remarks: [String] = []
        self.fqrn = fqrn
        self.file = file
        storage = try Self.storage(values)
        spool = try values.path("CVMFS_SPOOL_DIR", default: "/var/spool/cvmfs/\(fqrn)")
        owner = try values.required("CVMFS_USER")
        keys = try values.path("CVMFS_KEYS_DIR", default: Self.defaultKeys)
        url = values["CVMFS_STRATUM0"]
        storesVerbatim = try Self.storesVerbatim(values)
        settings = PublishingSettings(
            chunking: try Self.chunking(values, &remarks),
            limits: try Self.limits(values),
            timeToLive: try values.number("CVMFS_REPOSITORY_TTL").map { UInt32(clamping: $0) },
            collectsGarbage: try values.flag("CVMFS_GARBAGE_COLLECTION") ?? false,
            autoTags: try Self.autoTags(values)
        )
        self.remarks = remarks
    }

    /// The directory of a local upstream, `local,TEMPORARY,STORAGE` (docs/cvmfs-format.md §6.3).
    private static func storage(_ values: Values) throws -> FilePath {
        let key = "CVMFS_UPSTREAM_STORAGE"
        let parts = try values.required(key).split(separator: ",", omittingEmptySubsequences: false)
        guard parts.first == "local" else {
            throw values.refusal(key, "this version publishes onto local storage only, neither S3 nor a gateway")
        }
        guard parts.count == 3, parts[2].hasPrefix("/") else {
            throw values.refusal(key, "local,TEMPORARY,STORAGE with absolute paths is expected")
        }
        return FilePath(String(parts[2])).lexicallyNormalized()
    }

    private static func storesVerbatim(_ values: Values) throws -> Bool {
        switch values["CVMFS_COMPRESSION_ALGORITHM"] ?? "default" {
        case "default", "zlib": false
        case "none": true
        default: throw values.refusal("CVMFS_COMPRESSION_ALGORITHM", "default, zlib or none is expected")
        }
    }

    private static func chunking(_ values: Values, _ remarks: inout [String]) throws -> ChunkingStrategy {
        guard try values.flag("CVMFS_USE_FILE_CHUNKING") ?? true else {
            remarks.append(
                "CVMFS_USE_FILE_CHUNKING is off: files above \(ChunkingStrategy.largestPiece >> 20) MiB are cut all the "
                    + "same, since memory is bounded"
            )
            return .fixed(ChunkingStrategy.largestPiece)
        }
        let minimum = try values.number("CVMFS_MIN_CHUNK_SIZE") ?? 4 << 20
        let average = try values.number("CVMFS_AVG_CHUNK_SIZE") ?? 8 << 20
        let maximum = try values.number("CVMFS_MAX_CHUNK_SIZE") ?? 16 << 20
        guard 0 < minimum, minimum < average, average < maximum else {
            throw values.refusal("CVMFS_MIN_CHUNK_SIZE", "the three sizes must grow: minimum, average, maximum")
        }
        guard maximum <= ChunkingStrategy.largestPiece else {
            remarks.append(
                "CVMFS_MAX_CHUNK_SIZE is \(maximum): Wafer cuts at the usual 4, 8 and 16 MiB, which every reader takes"
            )
            return .contentDefined
        }
        return .detected(minimum: minimum, average: average, maximum: maximum)
    }

    static func limits(_ values: Values) throws -> CatalogLimits {
        let standard = CatalogLimits.standard
        var maximum = standard.maximum
        var minimum = standard.minimum
        if try values.flag("CVMFS_AUTOCATALOGS") == true {
            maximum = try values.number("CVMFS_AUTOCATALOGS_MAX_WEIGHT") ?? maximum
            minimum = try values.number("CVMFS_AUTOCATALOGS_MIN_WEIGHT") ?? minimum
        }
        // Thousands of rows; 0 is without a limit.
        if let limit = try values.number("CVMFS_NESTED_KCATALOG_LIMIT"), limit > 0 {
            maximum = min(maximum, limit * 1000)
        }
        guard maximum >= 2, minimum <= maximum else {
            throw values.refusal("CVMFS_AUTOCATALOGS_MAX_WEIGHT", "it must not be less than the minimum")
        }
        return CatalogLimits(maximum: maximum, minimum: minimum)
    }

    private static func autoTags(_ values: Values) throws -> AutoTags? {
        guard try values.flag("CVMFS_AUTO_TAG") == true else { return nil }
        let key = "CVMFS_AUTO_TAG_TIMESPAN"
        guard let text = values[key] else { return AutoTags(kept: nil) }
        guard let span = Timespan(text) else {
            throw values.refusal(key, "a span such as \"3 weeks ago\" is expected")
        }
        return AutoTags(kept: span)
    }
}
