/// What a layer's type says of its content, where that is no tar that anybody could unpack.
extension MediaType {
    /// What it is, for a sentence that begins with "which is"; nil where it may be a tar: its bytes tell.
    package var contentThatIsNoTar: String? {
        if Self.tars.contains(rawValue) { return nil }
        return Self.strangers.first { $0.isIn(rawValue) }?.words
    }

    /// Nearly all layers there are.
    private static let tars: Set<String> = [
        "application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.oci.image.layer.v1.tar+zstd", "application/vnd.oci.image.layer.v1.tar",
    ]

    private struct Stranger: Sendable {
        let part: String
        let words: String
        var isOnlyAtEnd = false

        func isIn(_ type: String) -> Bool { isOnlyAtEnd ? type.hasSuffix(part) : type.contains(part) }
    }

    private static let strangers = [
        // https://github.com/containers/ocicrypt
        Stranger(part: "+encrypted", words: "encrypted, and its key is not Wafer's to have"),
        // https://github.com/dragonflyoss/nydus
        Stranger(part: ".nydus.", words: "one of nydus, whose clients fetch files by themselves"),
        Stranger(part: "squashfs", words: "a squashfs image and no tar"),
        Stranger(part: ".erofs", words: "an EROFS image and no tar"),
        // https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/
        Stranger(part: "wasm", words: "a WebAssembly module and no file system"),
        Stranger(part: "vnd.sylabs.sif", words: "an image of Apptainer (SIF) and no tar"),
        // https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
        Stranger(part: "vnd.dev.cosign", words: "a signature or attestation of cosign and no file system"),
        Stranger(part: "vnd.dev.sigstore", words: "a signature of sigstore and no file system"),
        Stranger(part: "vnd.dsse.", words: "an attestation and no file system"),
        Stranger(part: "in-toto", words: "an attestation and no file system"),
        Stranger(part: "vnd.cncf.notary", words: "a signature of notation and no file system"),
        Stranger(part: "vnd.cncf.helm", words: "a Helm chart and no file system"),
        Stranger(part: "spdx", words: "a bill of materials and no file system"),
        Stranger(part: "cyclonedx", words: "a bill of materials and no file system"),
        Stranger(part: "+json", words: "a JSON document and no file system", isOnlyAtEnd: true),
    ]
}
