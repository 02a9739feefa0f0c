import CVMFS
import OCI
import Plumbing

/// The entry that DUCC made in podman's store of the image that a name stood for. Its manifest is a link to the image's metadata,
/// which go when Wafer converts the image anew, or removes it: `podman images` fails where a manifest is missing.
struct AdoptedPodmanEntry {
    private let source: ImageSource
    private let id: String
    private let manifest: [UInt8]

    /// Nil where DUCC did not make the image, by what a repository has of ``AdoptedImage/manifest(of:)``.
    init?(of source: ImageSource, in contents: [BytePath: [UInt8]]) {
        guard let bytes = contents[AdoptedImage.manifest(of: source)], let manifest = AdoptedImage.decode(bytes) else {
            return nil
        }
        self.source = source
        self.manifest = bytes
        id = manifest.config.digest.hex
    }

    private var link: BytePath { PodmanStore.data(PodmanStore.manifestName, of: id) }

    /// What of a repository tells what is to be kept.
    var paths: [BytePath] { [link, PodmanStore.images] }

    /// The names that podman finds the image by.
    static func names(of source: ImageSource) -> [String] {
        PodmanName.names(of: source) + [AdoptedImage.podmanName(of: source)].compactMap(\.self)
    }

    /// The manifest in the place of the link, where the entry stays: with another name, or with this one, where the image does
    /// not lose it. `contents` has ``paths``.
    func keepsakes(losingName: Bool, in contents: [BytePath: [UInt8]]) throws -> [TreeEdit] {
        guard let target = contents[link], let list = contents[PodmanStore.images],
            PodmanStoreReader.joined(link, target) == AdoptedImage.manifest(of: source)
        else { return [] }
        let lost = losingName ? Set(Self.names(of: source)) : []
        let entries = try PodmanList(list, at: PodmanStore.images).entries
        guard entries.contains(where: { $0.id == id && !lost.isSuperset(of: $0.names) }) else { return [] }
        return [TreeEdit(link, .file(manifest), isDecisive: false)]
    }
}
