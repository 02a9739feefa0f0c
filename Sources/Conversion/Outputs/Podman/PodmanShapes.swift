/// The documents of a store as podman's Go structures take them. What each refuses was seen in podman 4.3.1 (docs/podman.md).
enum PodmanShapes {
    /// An entry of `images.json`: `Image` of containers/storage.
    static let image = GoShape.fields([
        "id": .text, "digest": .digest, "names": .list(.text), "names-history": .list(.text), "layer": .text,
        "mapped-layers": .list(.text), "metadata": .text, "big-data-names": .list(.text),
        "big-data-sizes": .map(.integer), "big-data-digests": .map(.text), "created": .time, "flags": .fields([:]),
    ])

    /// An entry of `layers.json`: `Layer` of containers/storage.
    static let layer = GoShape.fields([
        "id": .text, "names": .list(.text), "parent": .text, "metadata": .text, "mountlabel": .text, "created": .time,
        "compressed-diff-digest": .text, "compressed-size": .integer, "diff-digest": .text, "diff-size": .integer,
        "toc-digest": .text, "compression": .integer, "uidset": .list(.integer), "gidset": .list(.integer),
        "flags": .fields([:]), "uidmap": .list(.fields([:])), "gidmap": .list(.fields([:])),
        "big-data-names": .list(.text),
    ])

    /// An image's configuration: `Schema2Image` of containers/image, and `Image` of the OCI image specification.
    static let configuration = GoShape.fields([
        "id": .text, "parent": .text, "comment": .text, "created": .time, "container": .text,
        "container_config": execution, "docker_version": .text, "author": .text, "config": execution,
        "architecture": .text, "variant": .text, "os": .text, "os.version": .text, "os.features": .list(.text),
        "size": .integer, "rootfs": .fields(["type": .text, "diff_ids": .list(.text)]),
        "history": .list(
            .fields([
                "created": .time, "author": .text, "created_by": .text, "comment": .text, "empty_layer": .flag,
            ])
        ),
    ])

    private static let execution = GoShape.fields([
        "Hostname": .text, "Domainname": .text, "User": .text, "Image": .text, "WorkingDir": .text,
        "MacAddress": .text, "StopSignal": .text, "AttachStdin": .flag, "AttachStdout": .flag, "AttachStderr": .flag,
        "Tty": .flag, "OpenStdin": .flag, "StdinOnce": .flag, "ArgsEscaped": .flag, "NetworkDisabled": .flag,
        "StopTimeout": .integer, "ExposedPorts": .map(.fields([:])), "Volumes": .map(.fields([:])),
        "Labels": .map(.text), "Env": .list(.text), "Cmd": .list(.text), "Entrypoint": .list(.text),
        "OnBuild": .list(.text), "Shell": .words,
        "Healthcheck": .fields([
            "Test": .list(.text), "Interval": .integer, "Timeout": .integer, "StartPeriod": .integer,
            "StartInterval": .integer, "Retries": .integer,
        ]),
    ])

    /// A manifest of Docker's: `Schema2` of containers/image.
    static let dockerManifest = GoShape.fields([
        "schemaVersion": .integer, "mediaType": .text, "config": dockerDescriptor, "layers": .list(dockerDescriptor),
    ])

    private static let dockerDescriptor = GoShape.fields([
        "mediaType": .text, "size": .integer, "digest": .text, "urls": .list(.text),
    ])

    /// A manifest of OCI's: `Manifest` of the OCI image specification.
    static let ociManifest = GoShape.fields([
        "schemaVersion": .integer, "mediaType": .text, "artifactType": .text, "config": ociDescriptor,
        "layers": .list(ociDescriptor), "subject": ociDescriptor, "annotations": .map(.text),
    ])

    private static let ociDescriptor = GoShape.fields([
        "mediaType": .text, "digest": .text, "size": .integer, "urls": .list(.text), "annotations": .map(.text),
        "data": .bytes, "artifactType": .text,
        "platform": .fields([
            "architecture": .text, "os": .text, "os.version": .text, "os.features": .list(.text), "variant": .text,
        ]),
    ])
}
