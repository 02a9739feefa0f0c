package import Layers
package import OCI

/// How the operator wants a conversion done.
package struct ConversionOptions: Sendable {
    /// The platform taken out of an index; nil for that of the desiderata.
    package var platform: Platform?
    /// Converts also what is up to date.
    package var convertAgain: Bool
    /// Downloads and stores layers that are there, replacing each by the same content.
    package var overwriteLayers: Bool
    /// Takes a layer without a record for complete, on the operator's word (docs/decisions/004-verify-then-attach.md).
    package var trustExistingLayers: Bool
    /// The form of thin images; nil for Docker's, and OCI's where the registry takes no other.
    package var thinForm: ThinForm?
    /// What a layer may make of the machine.
    package var limits: LayerLimits
    /// What all images on their way have in memory together.
    package var memory: WorkMemory

    /// Whether an image is made anew whatever is there.
    var isForced: Bool { convertAgain || overwriteLayers }

    /// Options.
    package init(
        platform: Platform? = nil,
        convertAgain: Bool = false,
        overwriteLayers: Bool = false,
        trustExistingLayers: Bool = false,
        thinForm: ThinForm? = nil,
        limits: LayerLimits = LayerLimits(),
        memory: WorkMemory = .standard
    ) {
        self.platform = platform
        self.convertAgain = convertAgain
        self.overwriteLayers = overwriteLayers
        self.trustExistingLayers = trustExistingLayers
        self.thinForm = thinForm
        self.limits = limits
        self.memory = memory
    }
}
