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
            return bytes[0] == 169 && bytes[1] == 254 ? .linkLocal : .other
        case .v6(let bytes):
            let high = bytes[0..<12]
            if high.elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) {
                return IPAddress.v4(Array(bytes[12...])).reach
            }
            if bytes.dropLast().allSatisfy({ $0 == 0 }) && bytes[15] <= 1 { return .loopback }
            return bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 ? .linkLocal : .other
        }
    }

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
