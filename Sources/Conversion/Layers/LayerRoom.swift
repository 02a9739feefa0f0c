import Plumbing

/// What the layers of all images that are on their way share: places at their registries, memory and disks.
struct LayerRoom: Sendable {
    /// Layers at the same time, of each registry.
    let places = Places.layers
    /// Disks that they are written to.
    let space = StorageSpace()
    /// What came of them and was not read yet.
    let downloads: BytesInMemory

    init(_ memory: WorkMemory) {
        downloads = BytesInMemory(limit: memory.downloads)
    }
}
