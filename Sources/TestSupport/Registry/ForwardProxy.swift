import NIOCore
import NIOPosix
import Synchronization

/// An HTTP proxy in this process, on a free port of 127.0.0.1: `CONNECT`, and requests for `http://`. Whatever host a request
/// names, it is sent to that port of this machine: tests can give names to servers that have none.
package final class ForwardProxy: Sendable {
    /// `http://127.0.0.1:PORT`.
    package var url: String { "http://127.0.0.1:\(port)" }
    private let port: Int
    private let server: any Channel
    private let log: ProxyLog

    /// The first head of each connection, as it came.
    package var heads: [String] { log.heads.withLock { $0 } }

    /// Runs a proxy as long as `body` runs. Throws what `body` throws.
    package static func with<Result>(_ body: (ForwardProxy) async throws -> Result) async throws -> Result {
        let log = ProxyLog()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ProxyHandler(log: log))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        guard let port = server.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        let proxy = ForwardProxy(port: port, server: server, log: log)
        do {
            let result = try await body(proxy)
            try await server.close().get()
            return result
        } catch {
            try await server.close().get()
            throw error
        }
    }

    private init(port: Int, server: any Channel, log: ProxyLog) {
        self.port = port
        self.server = server
        self.log = log
    }
}

/// What a proxy was asked for.
private final class ProxyLog: Sendable {
    let heads = Mutex<[String]>([])
}

/// The client's side of a connection through a proxy.
private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let log: ProxyLog
    private var received = ByteBuffer()
    private var isAsked = false
    private var target: (any Channel)?

    init(log: ProxyLog) {
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if let target {
            target.writeAndFlush(buffer, promise: nil)
            return
        }
        received.writeBuffer(&buffer)
        let text = String(buffer: received)
        guard !isAsked, let end = text.firstRange(of: "\r\n\r\n") else { return }
        isAsked = true
        let head = String(text[..<end.lowerBound])
        log.heads.withLock { $0.append(head) }
        connect(head, context)
    }

    private func connect(_ head: String, _ context: ChannelHandlerContext) {
        let words = head.prefix { $0 != "\r\n" }.split(separator: " ")
        let isTunnel = words.first == "CONNECT"
        let authority = words.dropFirst().first?.replacing("http://", with: "").prefix { $0 != "/" } ?? ""
        let port = authority.split(separator: ":").last.flatMap { Int($0) } ?? 80
        let client = context.channel
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ProxyAnswerHandler(client: client))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .whenComplete { result in
                let (handler, context) = bound.value
                guard case .success(let target) = result else { return context.close(promise: nil) }
                handler.target = target
                if isTunnel {
                    let answer = ByteBuffer(string: "HTTP/1.1 200 Connected\r\n\r\n")
                    context.writeAndFlush(handler.wrapOutboundOut(answer), promise: nil)
                } else {
                    target.writeAndFlush(handler.received, promise: nil)
                }
            }
    }

    func channelInactive(context: ChannelHandlerContext) {
        target?.close(promise: nil)
        context.fireChannelInactive()
    }
}

/// The server's side of it.
private final class ProxyAnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let client: any Channel

    init(client: any Channel) {
        self.client = client
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        client.close(promise: nil)
        context.fireChannelInactive()
    }
}
