import OCI

/// The family of media types that a thin image is pushed with. Layer and configuration are the same bytes in both.
package enum ThinForm: String, Sendable, CaseIterable {
    /// Docker schema 2: all that Docker's CVMFS graph driver knows.
    case docker
    /// OCI: all that some registries take.
    case oci

    /// The manifest's type.
    var manifest: MediaType { self == .docker ? .dockerManifest : .ociManifest }
    /// The configuration's type.
    var configuration: MediaType { self == .docker ? .dockerConfiguration : .ociConfiguration }
    /// The layer's type.
    var layer: MediaType {
        self == .docker ? .dockerLayer : MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    }
}
