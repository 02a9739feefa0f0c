import CVMFS
import Foundation
import SystemPackage
import TestSupport
import Testing

/// A new key for a repository, and whitelists that are signed elsewhere.
@Suite struct KeyRotationTests {
    private func rotate(_ native: NativeRepository, revokingOld: Bool = false) throws -> KeyRotation {
        try native.repository.trust.rotateKey(revokingOld: revokingOld, .test)
    }

    private func file(_ ending: String, _ native: NativeRepository) -> FilePath {
        native.keys.appending("\(NativeRepository.fqrn).\(ending)")
    }

    private func move(_ ending: String, to other: String, _ native: NativeRepository) throws {
        let (old, new) = (file(ending, native).string, file(other, native).string)
        if FileManager.default.fileExists(atPath: new) { try FileManager.default.removeItem(atPath: new) }
        try FileManager.default.moveItem(atPath: old, toPath: new)
    }

    @Test("both certificates are listed until the next renewal", arguments: [HashAlgorithm.sha1, .shake128])
    func rotates(_ algorithm: HashAlgorithm) async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder, algorithm: algorithm)
            try native.publish(["f": [1]], at: "a")
            let before = try native.repository.reader.published()
            let rotation = try rotate(native)
            let after = try native.repository.reader.published()
            #expect(after.manifest.revision == before.manifest.revision)
            #expect(after.manifest.root == before.manifest.root)
            #expect(try rotation.previous == before.certificate.fingerprint(algorithm))
            #expect(try rotation.certificate == after.certificate.fingerprint(algorithm))
            #expect(after.whitelist.fingerprints == [rotation.previous, rotation.certificate])
            #expect(try rotation.kept.count == 2 && Certificate(file: rotation.kept[1]).der == before.certificate.der)
            let attributes = try FileManager.default.attributesOfItem(atPath: file("key", native).string)
            #expect(attributes[.posixPermissions] as? Int == 0o400)
            try native.publish(["f": [2]], at: "b")
            try await native.expectSound()
            try native.repository.trust.resign(.test)
            #expect(try native.repository.reader.whitelist().fingerprints == [rotation.certificate])
            let second = try rotate(native, revokingOld: true)
            #expect(try native.repository.reader.whitelist().fingerprints == [second.certificate])
            try await native.expectSound()
        }
    }

    @Test("a rotation that died goes on where it ended, and nobody is kept from publishing", arguments: 0..<4)
    func interrupted(_ moment: Int) async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder)
            let published = native.storage.appending(".cvmfspublished")
            let whitelist = native.storage.appending(".cvmfswhitelist")
            let (oldManifest, oldWhitelist) = (try published.contents(), try whitelist.contents())
            let oldReflog = try native.storage.appending(".cvmfsreflog").contents()
            for ending in ["key", "crt"] {
                try FileManager.default.copyItem(
                    atPath: file(ending, native).string,
                    toPath: file("old-\(ending)", native).string
                )
            }
            let done = try rotate(native)
            // Back to what each moment of it leaves.
            try published.write(oldManifest)
            try native.storage.appending(".cvmfsreflog").write(oldReflog)
            if moment <= 2 {
                try move("crt", to: "crt.next", native)
                try move("old-crt", to: "crt", native)
            }
            if moment <= 1 {
                try move("key", to: "key.next", native)
                try move("old-key", to: "key", native)
            }
            if moment == 0 { try whitelist.write(oldWhitelist) }
            try await native.expectSound()
            try native.publish(["f": [1]], at: "meanwhile")
            try await native.expectSound()
            let again = try rotate(native)
            // Where the files had changed already, publishing finished it, and this is another rotation.
            #expect((again.certificate == done.certificate) == (moment <= 1))
            #expect(!FileManager.default.fileExists(atPath: file("key.next", native).string))
            #expect(!FileManager.default.fileExists(atPath: file("crt.next", native).string))
            try native.publish(["f": [2]], at: "afterwards")
            try await native.expectSound()
        }
    }

    @Test func finishesWhatOnlyLackedTheManifest() async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder)
            let names = [".cvmfspublished", ".cvmfsreflog"]
            let before = try names.map { try native.storage.appending($0).contents() }
            let done = try rotate(native)
            for (name, bytes) in zip(names, before) { try native.storage.appending(name).write(bytes) }
            let again = try rotate(native)
            #expect(again.certificate == done.certificate && again.previous == done.previous && again.kept == [])
            try await native.expectSound()
        }
    }

    @Test("with the master key elsewhere: request, sign, install, rotate")
    func masterKeyElsewhere() async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder)
            let elsewhere = folder.appending("masterkey").string
            try FileManager.default.moveItem(atPath: file("masterkey", native).string, toPath: elsewhere)
            let before = try native.storage.appending(".cvmfswhitelist").contents()
            let error = #expect(throws: CVMFSError.self) { try rotate(native) }
            #expect(error?.code == .notFound)
            #expect(error?.description.contains("wafer repository whitelist request \(NativeRepository.fqrn)") == true)
            #expect(try native.storage.appending(".cvmfswhitelist").contents() == before)
            let request = try WhitelistRequest(try native.repository.reader.whitelistRequest().text)
            #expect(request.fqrn == NativeRepository.fqrn && request.fingerprints.count == 2)
            let key = try PrivateKey(file: FilePath(elsewhere))
            let signed = try request.signed(by: key, validity: 86_400, now: Date())
            let installed = try native.repository.trust.installWhitelist(signed, .test)
            #expect(installed.fingerprints == request.fingerprints)
            let rotation = try rotate(native)
            #expect(rotation.certificate == request.fingerprints[1])
            try await native.expectSound()
        }
    }

    @Test("what is not a good whitelist for this repository is not installed")
    func refusesToInstall() async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder)
            let file = native.storage.appending(".cvmfswhitelist")
            let before = try file.contents()
            let key = try PrivateKey(file: self.file("masterkey", native))
            let request = try native.repository.reader.whitelistRequest()
            let now = Date()
            func attempt(_ bytes: [UInt8]) -> String {
                do {
                    try native.repository.trust.installWhitelist(bytes, .test(at: now))
                    return "installed"
                } catch {
                    return "\(error)"
                }
            }
            func text(of request: WhitelistRequest) -> [Substring] { request.text.split(separator: "\n") }
            let other = try WhitelistRequest("Nother.example.org\n" + text(of: request)[1] + "\n")
            let stranger = try WhitelistRequest(
                "N\(NativeRepository.fqrn)\n" + String(repeating: "ab", count: 20) + "\n"
            )
            let day: TimeInterval = 86_400
            #expect(attempt(try request.signed(by: .generate(), validity: day, now: now)).contains("not signed by"))
            #expect(attempt(try request.signed(by: key, validity: -day, now: now)).contains("expired at"))
            #expect(
                attempt(try other.signed(by: key, validity: day, now: now)).contains("is that of other.example.org")
            )
            #expect(attempt(try stranger.signed(by: key, validity: day, now: now)).contains("does not list"))
            #expect(attempt(try request.signed(by: key, validity: day, now: now - 3600)).contains("older than the one"))
            #expect(attempt(Array("nonsense".utf8)).contains("not signed"))
            #expect(try file.contents() == before)
            #expect(attempt(try request.signed(by: key, validity: day, now: now + 1)) == "installed")
            // Also where the key that publishes lives elsewhere, what is published must stay trusted.
            try move("crt", to: "crt.elsewhere", native)
            let unlisted = attempt(try stranger.signed(by: key, validity: day, now: now + 1))
            #expect(unlisted.contains("does not list the certificate of what"))
            try move("crt.elsewhere", to: "crt", native)
            // A lost one can be replaced too.
            try file.write([])
            #expect(attempt(try request.signed(by: key, validity: day, now: now)) == "installed")
            try await native.expectSound()
        }
    }

    @Test("requests", arguments: ["", "x", "N", "Na.org", "N-\nab", "Na.org\nnonsense", "Na.org\nab:cd\n"])
    func malformedRequests(_ text: String) {
        #expect(throws: CVMFSError.self) { try WhitelistRequest(text) }
    }

    @Test func aMasterKeyOfAnotherRepositoryIsNotUsed() async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder)
            let path = file("masterkey", native)
            try FileManager.default.removeItem(atPath: path.string)
            try path.write(PrivateKey.generate().pem)
            let error = #expect(throws: CVMFSError.self) { try rotate(native) }
            #expect(error?.code == .notTrusted)
            try await native.expectSound()
        }
    }
}
