import Foundation

/// What a stock client shows of one path: a record of the fixture's listing.
struct ListedEntry: Decodable {
    let path: String
    let mode: String
    let uid: Int64
    let gid: Int64
    let mtime: Int64
    let nlink: UInt32
    let size: Int64?
    let sha256: String?
    let target: String?
    let device: String?
    let xattrs: [String: String]?

    /// The path's bytes; the listing has them percent-encoded.
    var pathBytes: [UInt8] { Self.decode(path) }

    /// A percent-encoded text's bytes.
    static func decode(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
