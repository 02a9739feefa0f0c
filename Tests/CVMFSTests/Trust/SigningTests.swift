import CVMFS
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct SigningTests {
    private let text = "eb6458216f90042a1083096198a57399d499c7dd"
    private let now = Date(timeIntervalSince1970: 1_700_000_000)

    @Test func manifestSignatureIsAcceptedByOpenSSL() async throws {
        try await withTemporaryFolder { folder in
            let key = try PrivateKey.generate()
            let (message, signature, pub) = (folder.appending("text"), folder.appending("sig"), folder.appending("pub"))
            try message.write(Array(text.utf8))
            try signature.write(key.sign(manifestHash: text))
            try pub.write(key.publicKey.pem)
            let output = try await Tool.run(
                "openssl",
                "dgst",
                "-sha1",
                "-verify",
                pub.string,
                "-signature",
                signature.string,
                message.string
            )
            #expect(output.contains("Verified OK"))
        }
    }

    @Test func rawSignatureIsWhatOpenSSLMakes() async throws {
        try await withTemporaryFolder { folder in
            let key = try PrivateKey.generate()
            let (message, signature, pem) = (folder.appending("text"), folder.appending("sig"), folder.appending("key"))
            try message.write(Array(text.utf8))
            try pem.write(key.pem)
            try await Tool.run(
                "openssl",
                "pkeyutl",
                "-sign",
                "-inkey",
                pem.string,
                "-in",
                message.string,
                "-out",
                signature.string
            )
            #expect(try key.signRaw(text) == signature.contents())
        }
    }

    @Test func rawSignatureRecoversToTheTextItself() async throws {
        try await withTemporaryFolder { folder in
            let key = try PrivateKey.generate()
            let (signature, pub, block) = (folder.appending("sig"), folder.appending("pub"), folder.appending("block"))
            try signature.write(key.signRaw(text))
            try pub.write(key.publicKey.pem)
            try await Tool.run(
                "openssl",
                "pkeyutl",
                "-verifyrecover",
                "-pubin",
                "-inkey",
                pub.string,
                "-in",
                signature.string,
                "-pkeyopt",
                "rsa_padding_mode:none",
                "-out",
                block.string
            )
            let padding = [0, 1] + [UInt8](repeating: 0xff, count: 213) + [0]
            #expect(try block.contents() == padding + Array(text.utf8))
        }
    }

    @Test func signaturesAreVerified() throws {
        let key = try PrivateKey.generate()
        let other = try PrivateKey.generate().publicKey
        let pub = try key.publicKey
        let signature = try key.sign(manifestHash: text)
        let raw = try key.signRaw(text)
        #expect(try pub.verify(manifestHash: text, signature: signature))
        #expect(try pub.verifyRaw(text, signature: raw))
        // Each of the two forms, another text, another key, a cut and an empty signature.
        #expect(try !pub.verify(manifestHash: text, signature: raw))
        #expect(try !pub.verifyRaw(text, signature: signature))
        #expect(try !pub.verify(manifestHash: text + "0", signature: signature))
        #expect(try !pub.verifyRaw(String(text.dropLast()), signature: raw))
        #expect(try !other.verify(manifestHash: text, signature: signature))
        #expect(try !other.verifyRaw(text, signature: raw))
        #expect(try !pub.verifyRaw(text, signature: raw.dropLast()))
        #expect(try !pub.verifyRaw(text, signature: []))
    }

    @Test func bothPEMFormsOfPrivateKeysAreRead() async throws {
        try await withTemporaryFolder { folder in
            let (old, new) = (folder.appending("pkcs1"), folder.appending("pkcs8"))
            try await Tool.run("openssl", "genrsa", "-traditional", "-out", old.string, "2048")
            try await Tool.run("openssl", "pkey", "-in", old.string, "-out", new.string)
            #expect(try String(decoding: old.contents(), as: UTF8.self).contains("BEGIN RSA PRIVATE KEY"))
            #expect(try PrivateKey(file: old).publicKey == PrivateKey(file: new).publicKey)
            #expect(try PrivateKey(file: new).pem == new.contents())
        }
    }

    @Test func whatIsNoUsableKeyIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let (curve, secret) = (folder.appending("curve"), folder.appending("secret"))
            try await Tool.run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", curve.string)
            try await Tool.run("openssl", "genrsa", "-aes128", "-passout", "pass:sesame", "-out", secret.string, "2048")
            #expect(message { try PrivateKey(file: curve) }.contains("not an RSA key"))
            #expect(message { try PrivateKey(file: secret) }.contains("passphrase"))
            #expect(message { try PrivateKey(file: folder.appending("none")) } == "no private key at \(folder)/none")
            #expect(message { try PrivateKey(pem: Array("no key".utf8)) }.hasPrefix("not a private key in PEM form: "))
            #expect(message { try PublicKey(pem: []) }.hasPrefix("not a public key in PEM form: "))
            #expect(message { try Certificate(pem: []) }.contains("no start line"))
        }
    }

    @Test func selfSignedCertificateIsWhatOpenSSLReads() async throws {
        try await withTemporaryFolder { folder in
            let key = try PrivateKey.generate()
            let file = folder.appending("certificate")
            let certificate = try Certificate.selfSigned(commonName: "test.example.org", key: key, now: now)
            try file.write(certificate.pem)
            let text = try await Tool.run(
                "openssl",
                "x509",
                "-in",
                file.string,
                "-noout",
                "-subject",
                "-issuer",
                "-dates",
                "-sha1",
                "-fingerprint",
                "-text"
            )
            #expect(text.contains("subject=CN = test.example.org"))
            #expect(text.contains("issuer=CN = test.example.org"))
            #expect(text.contains("notBefore=Nov 14 22:13:20 2023 GMT"))
            #expect(text.contains("notAfter=Nov 13 22:13:20 2024 GMT"))
            #expect(text.contains("Version: 3"))
            #expect(text.contains("sha256WithRSAEncryption"))
            let fingerprint = text.split(separator: "\n").first { $0.lowercased().hasPrefix("sha1 fingerprint=") }?
                .dropFirst(17)
            let digits = try #require(fingerprint).replacing(":", with: "").lowercased()
            #expect(try certificate.fingerprint(.sha1).description == digits)
            try await Tool.run("openssl", "verify", "-no_check_time", "-CAfile", file.string, file.string)
            #expect(key.matches(certificate))
            #expect(try !PrivateKey.generate().matches(certificate))
        }
    }

    @Test func certificateKeepsItsText() throws {
        let certificate = try Certificate.selfSigned(commonName: "a.example.org", key: .generate(), now: now)
        let padded = try Certificate(pem: Array("some remark\n".utf8) + certificate.pem + Array("\n\n".utf8))
        #expect(padded.pem != certificate.pem)
        #expect(padded.der == certificate.der)
        for algorithm in HashAlgorithm.allCases {
            #expect(try padded.fingerprint(algorithm) == certificate.fingerprint(algorithm))
        }
    }

    @Test func commonNameTooLongForX509IsRefused() throws {
        let key = try PrivateKey.generate()
        #expect(throws: CVMFSError.self) {
            try Certificate.selfSigned(commonName: String(repeating: "a", count: 65), key: key, now: now)
        }
    }

    @Test func privateKeyIsNotShown() throws {
        #expect(try "\(PrivateKey.generate())" == "RSA private key")
    }
}

/// The text of the error that a call throws.
func message(_ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "no error"
    } catch {
        return "\(error)"
    }
}
