/// What a conversion had to move and what was there already.
package struct Traffic: Sendable, Hashable {
    /// Bytes of compressed layers that were downloaded.
    package var bytesNew: Int64
    /// Bytes of compressed layers that the repository had.
    package var bytesKnown: Int64
    /// Bytes that the repository grew by for the contents of new layers; zero where another program knows that alone.
    package var bytesStored: Int64 = 0
    /// Layers that were ingested.
    package var layersNew: Int64
    /// Layers that the repository had.
    package var layersKnown: Int64

    /// Counts of one conversion; nothing by default.
    package init(bytesNew: Int64 = 0, bytesKnown: Int64 = 0, layersNew: Int64 = 0, layersKnown: Int64 = 0) {
        self.bytesNew = bytesNew
        self.bytesKnown = bytesKnown
        self.layersNew = layersNew
        self.layersKnown = layersKnown
    }

    /// Counts more.
    package mutating func add(_ more: Traffic) {
        bytesNew += more.bytesNew
        bytesKnown += more.bytesKnown
        bytesStored += more.bytesStored
        layersNew += more.layersNew
        layersKnown += more.layersKnown
    }
}
