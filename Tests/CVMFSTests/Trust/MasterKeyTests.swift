import CVMFS
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Whom a repository trusts: several master keys, and a blacklist.
@Suite struct MasterKeyTests {
    private func writeKeys(_ names: [String], to folder: FilePath) throws {
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        for name in names { try folder.appending(name).write(PrivateKey.generate().publicKey.pem) }
    }

    @Test("one of the keys in a list of files and folders is enough")
    func several() async throws {
        try await withHandMadeRepository { hand in
            let others = hand.folder.appending("others")
            try writeKeys(["a.pub", "b.pub"], to: others)
            try others.appending("no-key.txt").write([1])
            let own = hand.keys.appending("\(HandMadeRepository.fqrn).pub")
            #expect(throws: CVMFSError.self) {
                try hand.open(masterKeys: MasterKeys(list: others.string)).reader.published()
            }
            for list in ["\(others):\(own)", "\(others.appending("a.pub")):\(hand.keys)"] {
                let repository = try hand.open(masterKeys: MasterKeys(list: list))
                #expect(try repository.reader.published().manifest.revision == 2)
                #expect(MasterKeys(list: list).list == list)
            }
            #expect(try MasterKeys(list: "\(others):\(own)").load().count == 3)
            let own2 = own.string
            #expect(try MasterKeys(list: "\(own2):\(own2)").load().count == 1)
            #expect(throws: CVMFSError.self) { try MasterKeys(list: "\(own):/none.pub").load() }
            #expect(throws: CVMFSError.self) { try MasterKeys(list: hand.storage.string).load() }
            #expect(throws: CVMFSError.self) { try MasterKeys(list: "").load() }
        }
    }

    @Test("a certificate or revisions on the blacklist are not trusted")
    func blacklist() async throws {
        try await withHandMadeRepository("--hash", "shake128") { hand in
            let repository = try hand.open()
            let certificate = try Certificate(file: hand.keys.appending("\(HandMadeRepository.fqrn).crt"))
            let file = hand.keys.appending("blacklist")
            func message(_ text: String) throws -> String? {
                try file.write(Array(text.utf8))
                do {
                    _ = try repository.reader.published()
                    return nil
                } catch let error as CVMFSError where error.code == .notTrusted {
                    return error.description
                }
            }
            #expect(try message("") == nil)
            #expect(try message("# nothing\n<other.org 9\n<\(HandMadeRepository.fqrn) 2\n<x\n") == nil)
            let old = try #require(try message("<\(HandMadeRepository.fqrn)\t3\n"))
            #expect(old.contains("revisions below 3 are not trusted"))
            // Whatever function the fingerprint is of.
            for algorithm in HashAlgorithm.allCases {
                let line = try certificate.fingerprint(algorithm).description.uppercased()
                #expect(try message("\n\(line) # lost\n")?.contains("is on the blacklist") == true)
            }
            let check = RepositoryCheck(
                store: repository.reader.store,
                fqrn: HandMadeRepository.fqrn,
                masterKeys: try repository.reader.masterKeys(),
                blacklist: try repository.reader.blacklist(),
                options: CheckOptions(.structure),
                now: Date()
            )
            #expect(try check.run().faults.map(\.rule) == [.whitelist])
        }
    }
}
