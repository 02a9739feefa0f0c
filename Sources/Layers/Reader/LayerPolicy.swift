/// What the store that a layer is read for cannot or must not hold.
///
/// `Layers` knows no store, so the caller says it.
package struct LayerPolicy: Sendable {
    /// File names that would steer the store, such as CVMFS's `.cvmfscatalog`: an empty regular file of this name is
    /// dropped and counted, anything else of this name is refused (docs/decisions/021-only-wafer-writes-marks.md).
    package var markerNames: Set<[UInt8]>
    /// Extended attributes with a longer name or value are dropped and counted. CVMFS holds 255 bytes of each
    /// (docs/cvmfs-format.md §3.9). Nil keeps all.
    package var attributeLength: Int?

    /// No markers and no limit, where nothing is said.
    package init(markerNames: Set<[UInt8]> = [], attributeLength: Int? = nil) {
        self.markerNames = markerNames
        self.attributeLength = attributeLength
    }
}
