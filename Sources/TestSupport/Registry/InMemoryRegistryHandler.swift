import NIOCore
import NIOHTTP1
import Synchronization

/// One connection to an ``InMemoryRegistry``: collects a request, asks for the answer, writes it.
final class InMemoryRegistryHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let target: InMemoryRegistryTarget
    private var registry: InMemoryRegistry?
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(target: InMemoryRegistryTarget) {
        self.target = target
    }

    func channelActive(context: ChannelHandlerContext) {
        registry = target.registry.withLock { $0 }
        registry?.opened(context.channel)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        registry?.closed(context.channel)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(var buffer):
            body += buffer.readBytes(length: buffer.readableBytes) ?? []
        case .end:
            guard let head, let registry else { return }
            let request = InMemoryRegistryRequest(
                method: head.method.rawValue,
                target: head.uri,
                headers: head.headers.map { ($0.name, $0.value) },
                body: body
            )
            let answer = registry.answer(request)
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            whenCrowded(registry, context, until: .now() + .minutes(1)) {
                let (handler, context) = bound.value
                handler.later(registry.faults.delay, context) {
                    let (handler, context) = bound.value
                    registry.finished()
                    handler.write(answer, to: head, context)
                }
            }
        }
    }

    private func write(_ answer: InMemoryRegistryAnswer, to request: HTTPRequestHead, _ context: ChannelHandlerContext)
    {
        if case .dropped = answer.ending { return context.close(promise: nil) }
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
        for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
        if answer.hidesLength {
            head.headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
        } else if head.headers["Content-Length"].isEmpty {
            head.headers.add(name: "Content-Length", value: "\(answer.length)")
        }
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        if request.method == .HEAD {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            return
        }
        let total: Int
        switch answer.ending {
        case .complete, .dropped: total = answer.length
        case .cut(let count), .stalled(let count): total = min(count, answer.length)
        }
        writeBody(answer, written: 0, total: total, context)
    }

    /// Writes a piece, and the next one when the network took it: a large body never waits in memory.
    private func writeBody(
        _ answer: InMemoryRegistryAnswer,
        written: Int,
        total: Int,
        _ context: ChannelHandlerContext
    ) {
        guard written < total else { return finish(answer, context) }
        let start = (answer.skip + written) % answer.piece.count
        let piece = answer.piece[start...].prefix(total - written)
        let buffer = context.channel.allocator.buffer(bytes: piece)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(buffer)))).whenSuccess {
            let (handler, context) = bound.value
            handler.registry?.sent.add(piece.count, ordering: .relaxed)
            handler.later(answer.pause, context) {
                let (handler, context) = bound.value
                handler.writeBody(answer, written: written + piece.count, total: total, context)
            }
        }
    }

    /// Runs `body` when enough requests wait for their answer (``InMemoryRegistryFaults/crowd``).
    private func whenCrowded(
        _ registry: InMemoryRegistry,
        _ context: ChannelHandlerContext,
        until end: NIODeadline,
        _ body: @escaping @Sendable () -> Void
    ) {
        if registry.mostAtOnce >= registry.faults.crowd || NIODeadline.now() > end { return body() }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        later(2, context) {
            let (handler, context) = bound.value
            handler.whenCrowded(registry, context, until: end, body)
        }
    }

    private func later(_ milliseconds: Int, _ context: ChannelHandlerContext, _ body: @escaping @Sendable () -> Void) {
        if milliseconds == 0 { return body() }
        context.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds)), body)
    }

    private func finish(_ answer: InMemoryRegistryAnswer, _ context: ChannelHandlerContext) {
        switch answer.ending {
        case .complete: context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .cut, .dropped: context.close(promise: nil)
        case .stalled: break
        }
    }
}
