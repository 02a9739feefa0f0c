import Foundation

/// An IP address as its bytes, read and written by the C library.
enum IPAddress: Equatable, CustomStringConvertible {
    case v4([UInt8])
    case v6([UInt8])

    /// An IPv4 address of four decimal parts, nil for anything else.
    static func v4(_ text: some StringProtocol) -> IPAddress? {
        bytes(of: text, family: AF_INET, count: 4).map(IPAddress.v4)
    }

    /// An IPv6 address without brackets and zone, nil for anything else.
    static func v6(_ text: some StringProtocol) -> IPAddress? {
        bytes(of: text, family: AF_INET6, count: 16).map(IPAddress.v6)
    }

    private static func bytes(of text: some StringProtocol, family: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        guard !text.utf8.contains(0), inet_pton(family, String(text), &bytes) == 1 else { return nil }
        return bytes
    }

    /// What the address reaches. An IPv4 address inside an IPv6 one (`::ffff:127.0.0.1`) counts as itself.
    var reach: RegistryHost.Reach {
        switch self {
        case .v4(let bytes):
            if bytes[0] == 127 || bytes[0] == 0 { return .loopback }
            return bytes[0] == 169 && bytes[1] == 254 || Self.metadata.contains(self) ? .linkLocal : .other
        case .v6(let bytes):
            let high = bytes[0..<12]
            if high.elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) || high.elementsEqual(Self.translated) {
                return IPAddress.v4(Array(bytes[12...])).reach
            }
            if Self.metadata.contains(self) { return .linkLocal }
            if bytes.dropLast().allSatisfy({ $0 == 0 }) && bytes[15] <= 1 { return .loopback }
            return bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 ? .linkLocal : .other
        }
    }

    /// Where clouds tell a machine its secrets, as they do at link-local addresses: Alibaba's and Oracle's in IPv4, those
    /// of [Amazon](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html) and Google in IPv6.
    private static let metadata: [IPAddress] = [
        .v4([100, 100, 100, 200]), .v4([192, 0, 0, 192]),
        .v6([0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]),
        .v6([0xFD, 0x20, 0x00, 0xCE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]),
    ]

    /// The prefix of IPv4 addresses behind a translator, [RFC 6052](https://www.rfc-editor.org/rfc/rfc6052).
    private static let translated: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]

    /// The shortest text form.
    var description: String {
        let (family, bytes) =
            switch self {
            case .v4(let bytes): (AF_INET, bytes)
            case .v6(let bytes): (AF_INET6, bytes)
            }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
