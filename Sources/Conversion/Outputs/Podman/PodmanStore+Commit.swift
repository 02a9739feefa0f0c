import CVMFS
import Plumbing

extension PodmanStore {
    /// Reads what edits have made of the store as podman does, before it is published.
    ///
    /// Throws ``ConversionError`` where podman would not read the images of these edits, or the store.
    static func check(_ edits: [TreeEdit], in reader: PodmanStoreReader, of fqrn: String) throws {
        guard edits.contains(where: { $0.path == images }) else { return }
        let ids = edits.compactMap { edit -> String? in
            guard !edit.change.isRemoval, edit.path.name == Array(manifestName.utf8), let folder = edit.path.parent
            else {
                return nil
            }
            return String(decoding: folder.name, as: UTF8.self)
        }
        let faults = try PodmanStoreCheck(reader).faults(of: Set(ids))
        guard let first = faults.first else { return }
        let more = faults.count > 1 ? ", and \(Counted.text(faults.count - 1, "fault")) more" : ""
        throw ConversionError("\(fqrn) was not changed, since podman could not read it: \(first)\(more)")
    }
}
