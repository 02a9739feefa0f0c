import OCI
package import Registry

/// What a conversion makes of the image for one platform.
package struct ImagePlan: Sendable {
    /// The image as its source has it.
    package let image: ResolvedImage
    /// Which of the images of its name it is.
    package let place: ImagePlace
    /// Its layers.
    package let layers: PlannedLayers
    /// What else is made of it.
    package let others: [any PlannedOutput]

    /// All outputs.
    var outputs: [any PlannedOutput] { [layers] + others }

    /// As its outputs know it.
    var named: NamedManifest { NamedManifest(image, place: place) }
}
