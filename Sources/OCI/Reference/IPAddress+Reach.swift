package import Plumbing

/// What an address reaches, as far as its bytes tell.
extension IPAddress {
    /// What the address reaches. An IPv4 address inside an IPv6 one (`::ffff:127.0.0.1`) counts as itself.
    var reach: RegistryHost.Reach {
        switch self {
        case .v4(let bytes):
            if bytes[0] == 127 || bytes[0] == 0 { return .loopback }
            if bytes[0] & 0xF0 == 224 || bytes == [255, 255, 255, 255] { return .multicast }
            return bytes[0] == 169 && bytes[1] == 254 || Self.metadata.contains(self) ? .linkLocal : .other
        case .v6(let bytes):
            if let mapped { return mapped.reach }
            if Self.metadata.contains(self) { return .linkLocal }
            if bytes.dropLast().allSatisfy({ $0 == 0 }) && bytes[15] <= 1 { return .loopback }
            if bytes[0] == 0xFF { return .multicast }
            if bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 { return .linkLocal }
            // A tunnel's or translator's end may be anywhere: nothing is allowed on the strength of it.
            guard let reach = tunnelled?.reach else { return .other }
            return reach == .loopback ? .ownAddress : reach
        }
    }

    /// The IPv4 address that this one stands for; otherwise the address itself.
    package var innermost: IPAddress { mapped ?? tunnelled ?? self }

    /// The IPv4 address that the kernel itself makes of an IPv6 one, RFC 4291 §2.5.5.2.
    private var mapped: IPAddress? {
        guard case .v6(let bytes) = self, bytes.starts(with: Self.zeros(10) + [0xFF, 0xFF]) else { return nil }
        return .v4(Array(bytes[12...]))
    }

    /// The IPv4 address behind a tunnel or a translator; nil for none.
    private var tunnelled: IPAddress? {
        guard case .v6(let bytes) = self else { return nil }
        if bytes.starts(with: [0x20, 0x02]) { return .v4(Array(bytes[2..<6])) }
        if bytes.starts(with: Self.teredo) { return .v4(bytes[12...].map { ~$0 }) }
        let isISATAP = bytes[8] & 0xFD == 0 && bytes[9...].starts(with: [0, 0x5E, 0xFE])
        return isISATAP || Self.carriers.contains(where: bytes.starts) ? .v4(Array(bytes[12...])) : nil
    }

    /// Where clouds tell a machine its secrets, as they do at link-local addresses: Alibaba's, Oracle's and Azure's in IPv4, those
    /// of [Amazon](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html) and Google in IPv6.
    private static let metadata: [IPAddress] = [
        .v4([100, 100, 100, 200]), .v4([192, 0, 0, 192]), .v4([168, 63, 129, 16]),
        .v6([0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]),
        .v6([0xFD, 0x20, 0x00, 0xCE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]),
    ]

    /// What stands before an IPv4 address: translators ([RFC 6052](https://www.rfc-editor.org/rfc/rfc6052), RFC 8215,
    /// RFC 7915) and the form "IPv4-compatible" of RFC 4291.
    private static let carriers: [[UInt8]] = [
        [0, 0x64, 0xFF, 0x9B] + zeros(8), [0, 0x64, 0xFF, 0x9B, 0, 1] + zeros(6), zeros(8) + [0xFF, 0xFF, 0, 0],
        zeros(12),
    ]

    /// RFC 4380: the IPv4 address comes last, every bit of it the other way round.
    private static let teredo: [UInt8] = [0x20, 0x01, 0, 0]

    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
