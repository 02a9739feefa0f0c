import CVMFS
import Foundation
import Glibc
import Logging
import SystemPackage

/// The mounts in which `cvmfs_server` edits a repository: a read-only client of one revision, and an overlay on it.
///
/// The stock tools bring them to the newest revision when a transaction begins. One that began to look before a revision
/// of ours and opens after it would go on from the old one and lose ours, so they are brought there while it is kept out.
struct ServerMount: Sendable {
    let fqrn: String
    let socket: FilePath
    let helper: FilePath
    let logger: Logger

    /// The stock tools' program for mounts: it becomes root for the repository's owner.
    static let defaultHelper: FilePath = "/usr/bin/cvmfs_suid_helper"

    /// Makes the mounts show a root. Where they are in use they stay: then the next transaction says so.
    func show(_ root: ContentHash) {
        // Without a socket nothing is mounted.
        guard access(socket.string, F_OK) == 0 else { return }
        do {
            // What an overlay remembers of names that were not there is wrong on another revision.
            guard try run("rw_umount") else {
                let text = "the mount /cvmfs/\(fqrn) is in use and keeps the old revision until the next transaction"
                return logger.notice("\(text)")
            }
            let answer = try tell("chroot \(root)")
            if answer != "OK" {
                let text = "the read-only mount of \(fqrn) keeps the old revision until the next transaction"
                logger.notice("\(text)", metadata: ["answer": "\(answer)"])
            }
            if try !run("rw_mount") {
                logger.notice("/cvmfs/\(fqrn) could not be mounted again: the next transaction does it")
            }
        } catch {
            logger.notice(
                "the mounts of \(fqrn) keep the old revision until the next transaction",
                metadata: ["reason": "\(error)"]
            )
        }
    }

    /// Runs the helper; its words are for the syslog. Returns whether it succeeded.
    private func run(_ verb: String) throws -> Bool {
        var actions = posix_spawn_file_actions_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { throw SystemCall.error("run", helper.string) }
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        let texts: [String] = [helper.string, verb, fqrn]
        let words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, helper.string, &actions, nil, words, environ)
        guard code == 0 else { throw SystemCall.error("run", helper.string, code: code) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw SystemCall.error("wait for", helper.string) }
        }
        return status == 0
    }

    /// Sends a line to the read-only client and returns its answer.
    private func tell(_ command: String) throws -> String {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemCall.error("connect to", socket.string) }
        defer { close(descriptor) }
        // A client that hangs must not hang us.
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(socket.string.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw CVMFSError(.refused, "the path \(socket) is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
        guard result == 0 else { throw SystemCall.error("connect to", socket.string) }
        let line = Array("\(command)\n".utf8)
        let sent = line.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard sent == line.count else { throw SystemCall.error("write to", socket.string) }
        var answer: [UInt8] = []
        try SystemCall.read(descriptor, socket.string) { answer.append(contentsOf: $0) }
        return String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
