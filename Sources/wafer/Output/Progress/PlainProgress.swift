import CVMFS
import Conversion
import Foundation
import Logging
import Plumbing

/// Tells in messages what a conversion does: a line at the start and at the end of each layer.
struct PlainProgress: Sendable {
    private let logger: Logger

    /// Progress for a logger.
    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Only what a person must know: no progress, but nothing quiet that is lost or otherwise than wanted.
    func reportWarnings(_ event: ConversionEvent) {
        switch event {
        case .platformDiffers, .layerLosses, .layerRebased, .dockerFormRefused, .notMade: report(event)
        default: break
        }
    }

    /// One line for each event that is worth one.
    func report(_ event: ConversionEvent) {
        switch event {
        case .platformDiffers(let source, let actual, let wanted):
            logger.warning("\(source): the image's platform (\(actual)) does not match the wanted one (\(wanted))")
        case .layersStarted, .layersEnded, .layerAdvanced: break
        case .layerStarted(let digest, let size):
            logger.info("layer \(short(digest)): begins, \(ByteCount.text(size))")
        case .layerFinished(let digest, let size, let content, let duration):
            let content = "\(ByteCount.text(content.newBytes)) new, \(ByteCount.text(content.knownBytes)) known"
            let rate = ByteCount.rate(size, in: duration)
            logger.info("layer \(short(digest)): done, \(ByteCount.text(size)) at \(rate); content: \(content)")
        case .layerStopped(let digest):
            logger.info("layer \(short(digest)): stopped")
        case .layerCompared(let digest, let size, let duration):
            let rate = ByteCount.rate(size, in: duration)
            logger.info("layer \(short(digest)): compared, \(ByteCount.text(size)) at \(rate)")
        case .layerLosses(let digest, let losses):
            logger.warning("layer \(short(digest)): not all of it is stored: \(LayerLoss.text(losses))")
        case .layerRebased(let digest):
            logger.warning(
                """
                layer \(short(digest)): was published as it is on the layers of another image, and becomes as on those of this \
                one: `wafer convert --convert-again` says in the other images what that changes
                """
            )
        case .layerKnown(let digest, let size):
            logger.info("layer \(short(digest)): known, \(ByteCount.text(size))")
        case .treeAssembled(let entries, _, let duration):
            logger.info(
                "root file system: \(Counted.text(entries, "entry", "entries")) in \(duration.formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow)))"
            )
        case .notMade(let remark): logger.warning("\(remark)")
        case .published(let revision):
            logger.info("published revision \(revision)")
        case .dockerFormRefused(let reference):
            logger.warning(
                """
                \(reference): this registry takes no Docker manifests, so the thin image is pushed in OCI form, which Docker's \
                CVMFS graph driver may not expand (--thin-format)
                """
            )
        case .pushed(let reference, let digest):
            logger.info("pushed \(reference) as \(digest)")
        }
    }

    /// Enough digits to tell layers apart.
    private func short(_ digest: some CustomStringConvertible) -> Substring {
        digest.description.prefix(19)
    }
}
