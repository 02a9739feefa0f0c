import TestSupport

/// Layers of a small image: a base and an application that deletes and hides some of it.
enum SampleLayers {
    static let base = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.directory("etc/")
            tar.file("etc/motd", "welcome\n")
            tar.directory("var/")
            tar.directory("var/cache/")
            tar.file("var/cache/old", "old\n")
        }
    )

    static let application = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.file("etc/.wh.motd")
            tar.file("var/cache/.wh..wh..opq")
            tar.file("var/cache/new", "new\n")
            tar.file("app/run", "#!/bin/sh\n") {
                $0.mode = 0o4755; $0.uid = 1000; $0.gid = 100
            }
        }
    )

    /// A layer with one file of this name.
    static func single(_ name: RawBytes, _ content: RawBytes = "x") -> InMemoryRegistry.Layer {
        .tar(TarBuilder.archive { $0.file(name, content) })
    }
}
