import Foundation
import Registry
import SystemPackage
import TestSupport

/// What images in folders and archives are made of in tests.
enum LocalImageFixture {
    /// The configuration of an image with one layer, ``layer``.
    static let configuration = Array(
        """
        {"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[
        "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"]}}
        """.utf8
    )
    /// An empty tar archive.
    static let layer = [UInt8](repeating: 0, count: 1024)

    static func withFolder(_ body: (String, RegistryClient) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await RegistryClient.with(userAgent: "test", logger: Fixture.logger) {
                try await body(folder.string, $0)
            }
        }
    }
}
