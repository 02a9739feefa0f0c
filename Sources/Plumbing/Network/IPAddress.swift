import Foundation

/// An IP address as its bytes, read and written by the C library.
package enum IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// Four bytes.
    case v4([UInt8])
    /// Sixteen bytes.
    case v6([UInt8])

    /// An IPv4 address of four decimal parts, nil for anything else.
    package static func v4(_ text: some StringProtocol) -> IPAddress? {
        bytes(of: text, family: AF_INET, count: 4).map(IPAddress.v4)
    }

    /// An IPv6 address without brackets and zone, nil for anything else.
    package static func v6(_ text: some StringProtocol) -> IPAddress? {
        bytes(of: text, family: AF_INET6, count: 16).map(IPAddress.v6)
    }

    private static func bytes(of text: some StringProtocol, family: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        guard !text.utf8.contains(0), inet_pton(family, String(text), &bytes) == 1 else { return nil }
        return bytes
    }

    /// The shortest text form.
    package var description: String {
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
