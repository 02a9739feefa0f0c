import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import Synchronization
import Terminal

/// Progress for programs: one JSON object a line (docs/operating.md, "Progress").
final class JSONProgress: Sendable {
    private let screen: Screen
    private let start = ContinuousClock.now
    /// When each layer in work was last told of.
    private let told = Mutex<[Digest: Duration]>([:])

    /// How often a layer's bytes are told.
    private static let interval = Duration.seconds(1)

    init(_ screen: Screen) {
        self.screen = screen
    }

    /// One line for each event; for a layer's bytes one in a second.
    func report(_ event: ConversionEvent) {
        switch event {
        case .platformDiffers(let source, let actual, let wanted):
            let facts = [
                ("image", source.description), ("platform", actual.description), ("wanted", wanted.description),
            ]
            write("platform_differs", Dictionary(uniqueKeysWithValues: facts).mapValues(JSONValue.string))
        case .layersStarted(let count, let size):
            write("layers_started", ["layers": .integer(Int64(count)), "size": .integer(size)])
        case .layersEnded: write("layers_ended", [:])
        case .layerStarted(let digest, let size):
            told.withLock { $0[digest] = elapsed }
            write("layer_started", digest, ["size": .integer(size)])
        case .layerAdvanced(let digest, let received):
            if isDue(digest) { write("layer_progress", digest, ["received": .integer(received)]) }
        case .layerFinished(let digest, let size, let content, let duration):
            let facts: [String: JSONValue] = [
                "size": .integer(size), "milliseconds": .integer(Self.milliseconds(duration)),
                "new_bytes": .integer(content.newBytes), "known_bytes": .integer(content.knownBytes),
            ]
            write("layer_finished", digest, facts)
        case .layerStopped(let digest): write("layer_stopped", digest, [:])
        case .layerCompared(let digest, let size, let duration):
            let facts = ["size": JSONValue.integer(size), "milliseconds": .integer(Self.milliseconds(duration))]
            write("layer_compared", digest, facts)
        case .layerLosses(let digest, let losses):
            let counts = losses.map { ($0.rawValue, JSONValue.integer(Int64($1))) }
            write("layer_losses", digest, ["not_stored": .object(Dictionary(uniqueKeysWithValues: counts))])
        case .layerRebased(let digest): write("layer_rebased", digest, [:])
        case .treeAssembled(let entries, let merging, let duration):
            let facts = [
                "entries": entries, "merging_milliseconds": Int(Self.milliseconds(merging)),
                "milliseconds": Int(Self.milliseconds(duration)),
            ]
            write("tree_assembled", facts.mapValues { JSONValue.integer(Int64($0)) })
        case .notMade(let remark): write("not_made", ["reason": .string(remark)])
        case .layerKnown(let digest, let size): write("layer_known", digest, ["size": .integer(size)])
        case .published(let revision): write("published", ["revision": .integer(Int64(clamping: revision))])
        case .dockerFormRefused(let reference):
            write("docker_form_refused", ["image": .string(reference.description)])
        case .pushed(let reference, let digest):
            write("pushed", ["image": .string(reference.description), "digest": .string(digest.description)])
        }
    }

    private var elapsed: Duration { ContinuousClock.now - start }

    private func isDue(_ digest: Digest) -> Bool {
        let now = elapsed
        return told.withLock { told in
            if let last = told[digest], now - last < Self.interval { return false }
            told[digest] = now
            return true
        }
    }

    private static func milliseconds(_ duration: Duration) -> Int64 { Int64(duration / .milliseconds(1)) }

    private func write(_ event: String, _ digest: Digest, _ facts: [String: JSONValue]) {
        write(event, facts.merging(["layer": .string(digest.description)]) { $1 })
    }

    private func write(_ event: String, _ facts: [String: JSONValue]) {
        screen.write(Self.line(event, facts)) { Self.line("lines_lost", ["lines": .integer(Int64($0))]) }
    }

    private static func line(_ event: String, _ facts: [String: JSONValue]) -> String {
        let head = ["event": JSONValue.string(event), "time": .string(Date().formatted(.iso8601))]
        // Text, numbers and objects of them can always be encoded.
        let line = try? JSONValue.object(facts.merging(head) { $1 }).text(pretty: false)
        return line.map { $0 + "\n" } ?? ""
    }
}
