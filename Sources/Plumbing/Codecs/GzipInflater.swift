import CISAL

/// gzip through ISA-L: members one after another (RFC 1952 §2.2), each with its checksum and length compared.
///
/// Behind the last member zero bytes are accepted, as tape blocks and some registries pad with them; anything else
/// there is refused, and so is a stream that ends inside a member.
final class GzipInflater: StreamDecoder {
    private enum Phase {
        case header(GzipHeader)
        case member
        case betweenMembers
        case padding
    }

    private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
    private var phase = Phase.header(GzipHeader())

    init() {
        isal_inflate_init(state)
    }

    deinit { state.deallocate() }

    func decode(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws -> (consumed: Int, produced: Int) {
        if case .betweenMembers = phase, let first = input.first {
            switch first {
            case 0x1f:
                phase = .header(GzipHeader())
            case 0:
                phase = .padding
            default:
                throw CodecError("gzip: bytes that are not another member follow the last one")
            }
        }
        switch phase {
        case .header(var header):
            let consumed = try header.read(input)
            phase = .header(header)
            if header.isComplete { startMember() }
            return (consumed, 0)
        case .member:
            return try inflate(input, into: output)
        case .betweenMembers:
            return (0, 0)
        case .padding:
            guard input.allSatisfy({ $0 == 0 }) else {
                throw CodecError("gzip: the zero bytes behind the last member are followed by others")
            }
            return (input.count, 0)
        }
    }

    func finish() throws {
        // ISA-L reports no error for a cut stream: only the state at the end tells.
        switch phase {
        case .header, .member: throw CodecError("gzip: the stream is cut inside a member")
        case .betweenMembers, .padding: break
        }
    }

    private func startMember() {
        isal_inflate_reset(state)
        // No header, but the CRC-32 and the length behind the data are compared.
        state.pointee.crc_flag = UInt32(ISAL_GZIP_NO_HDR_VER)
        phase = .member
    }

    private func inflate(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws -> (consumed: Int, produced: Int) {
        // The counters of the C structure have 32 bits.
        let available = min(input.count, 1 << 30)
        state.pointee.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        state.pointee.avail_in = UInt32(available)
        state.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
        state.pointee.avail_out = UInt32(output.count)
        let status = isal_inflate(state)
        guard status >= 0 else { throw CodecError("gzip: \(Self.reason(status))") }
        let consumed = available - Int(state.pointee.avail_in)
        let produced = output.count - Int(state.pointee.avail_out)
        guard consumed >= 0, produced >= 0 else { throw CodecError("gzip: ISA-L gave bytes back") }
        if state.pointee.block_state == ISAL_BLOCK_FINISH { phase = .betweenMembers }
        return (consumed, produced)
    }

    private static func reason(_ status: Int32) -> String {
        switch status {
        case ISAL_INCORRECT_CHECKSUM: "a member's checksum or length does not match its content"
        default: "the compressed data is corrupt (status \(status))"
        }
    }
}
