import OCI
import Plumbing
import SystemPackage

/// An image in a folder or an archive. Nothing is unpacked: blobs are read where they lie.
struct LocalImage: ImageTransport {
    let source: ImageSource
    private let root: RawManifest
    private let find: @Sendable (Digest) throws -> FileExtent?

    /// - Parameters:
    ///   - name: the image.
    ///   - root: the manifest or index that the name stands for.
    ///   - find: the blob of a digest, as the files say. Blocks.
    init(_ name: LocalImageName, root: RawManifest, find: @escaping @Sendable (Digest) throws -> FileExtent?) {
        source = .local(name)
        self.root = root
        self.find = find
    }

    /// Reads a folder's or archive's index. Throws ``RegistryError``.
    static func open(_ name: LocalImageName) async throws -> LocalImage {
        let purpose = Purpose(.pullManifest, name.description, host: LocalImageName.host)
        return try await reading(purpose) {
            switch name.form {
            case .layout: try OCILayout(files: FolderFiles(folder: FilePath(name.path))).open(name)
            case .layoutArchive: try OCILayout(files: TarIndex(ArchiveFile.open(name.path))).open(name)
            case .archive: try DockerArchive.open(name)
            case .folder: try BlobFolder.open(name)
            }
        }
    }

    func digest() async throws -> Digest { root.digest }

    func manifest(_ digest: Digest?) async throws -> RawManifest {
        guard let digest else { return root }
        let purpose = Purpose(.pullManifest, "\(digest) of \(source)", host: source.canonicalHost)
        return try await Self.reading(purpose) {
            let bytes = try existing(digest).bytes(limit: RegistryClient.maximumManifestSize, "the manifest")
            try Self.check(bytes, digest)
            return try RawManifest(bytes: bytes, algorithm: digest.algorithm)
        }
    }

    func blob(_ descriptor: Descriptor) async throws -> [UInt8] {
        try await Self.reading(purpose(descriptor)) {
            let extent = try self.extent(of: descriptor)
            let bytes = try extent.bytes(limit: Int(RegistryClient.maximumSmallBlobSize), "it")
            try Self.check(bytes, descriptor.digest)
            return bytes
        }
    }

    func streamBlob(_ descriptor: Descriptor, into body: ([UInt8]) async throws -> Void) async throws {
        let purpose = purpose(descriptor)
        let extent = try await Self.reading(purpose) { try self.extent(of: descriptor) }
        var position: Int64 = 0
        while true {
            try Task.checkCancellation()
            let start = position
            let next: [UInt8]? = try await Self.reading(purpose) { try extent.part(at: start) }
            guard let part = next else { return }
            position += Int64(part.count)
            try await body(part)
        }
    }

    private func purpose(_ descriptor: Descriptor) -> Purpose {
        Purpose(.pullBlob, "\(descriptor.digest) of \(source)", host: source.canonicalHost)
    }

    private func extent(of descriptor: Descriptor) throws -> FileExtent {
        let extent = try existing(descriptor.digest)
        guard extent.size == descriptor.size else {
            throw LocalFault(.sizeMismatch, "it has \(extent.size) bytes, the manifest says \(descriptor.size)")
        }
        return extent
    }

    private func existing(_ digest: Digest) throws -> FileExtent {
        guard let extent = try find(digest) else {
            throw LocalFault(
                .notFound,
                "it is not there",
                nextStep: "the image was not saved completely: save it again"
            )
        }
        return extent
    }

    private static func check(_ bytes: [UInt8], _ digest: Digest) throws {
        let actual = try Digest.of(bytes, digest.algorithm)
        guard actual == digest else { throw LocalFault(.digestMismatch, "its bytes have digest \(actual)") }
    }

    private static let damaged = "the image is damaged: save it again"

    /// Reads on a thread that may wait for a disk, and says of what it was that something is wrong.
    private static func reading<Value: Sendable>(
        _ purpose: Purpose,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        do {
            return try await BlockingExecutor.shared.run(body)
        } catch let fault as LocalFault {
            let isDamage = fault.code == .digestMismatch || fault.code == .sizeMismatch
            throw RegistryError(
                fault.code,
                purpose,
                detail: fault.detail,
                nextStep: fault.nextStep ?? (isDamage ? damaged : nil)
            )
        } catch let error as OCIError {
            var isDamage = false
            if case .invalidDocument = error { isDamage = true }
            throw RegistryError(
                .invalidDocument,
                purpose,
                detail: error.description,
                nextStep: isDamage ? damaged : nil
            )
        } catch let error as JSONError {
            throw RegistryError(.invalidDocument, purpose, detail: error.description, nextStep: damaged)
        } catch let errno as Errno {
            throw RegistryError(.unreachable, purpose, detail: "\(errno)")
        }
    }
}
