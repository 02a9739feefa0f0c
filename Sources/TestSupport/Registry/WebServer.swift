import Foundation
import Subprocess

/// What a stratum 0 has in front of its storage.
package enum WebServer {
    /// A certificate and key in files, and the versions of TLS to speak with them.
    package struct TLS: Sendable {
        let certificate: String
        let key: String
        let isOld: Bool

        /// Speaks TLS 1.0 and 1.1 where `isOld`, and 1.2 and 1.3 otherwise.
        package init(certificate: String, key: String, isOld: Bool = false) {
            self.certificate = certificate
            self.key = key
            self.isOld = isOld
        }
    }

    /// Serves a folder on a free loopback port while `body` runs. Where a file `NAME.status` lies beside a file, what is
    /// asked for it is answered with the status that stands there, with the address in `NAME.redirect`
    /// where that is there, with 304 where the request names what stands in `NAME.etag`, and with a part of what is announced where `NAME.cut` is.
    package static func serving(
        _ folder: String,
        tls: TLS? = nil,
        _ body: @escaping (_ url: String) async throws -> Void
    ) async throws {
        let program = """
            import functools, http.server, os, sys
            class Handler(http.server.SimpleHTTPRequestHandler):
                def etag(self):
                    path = self.translate_path(self.path) + '.etag'
                    return open(path).read() if os.path.exists(path) else None
                def end_headers(self):
                    if self.etag(): self.send_header('ETag', self.etag())
                    super().end_headers()
                def send_head(self):
                    if self.etag() and self.headers.get('If-None-Match') == self.etag():
                        self.send_response(304)
                        self.end_headers()
                        return
                    status = self.translate_path(self.path) + '.status'
                    redirect = self.translate_path(self.path) + '.redirect'
                    if os.path.exists(self.translate_path(self.path) + '.cut'):
                        self.send_response(200)
                        self.send_header('Content-Length', '100000')
                        self.end_headers()
                        self.wfile.write(b'the beginning')
                        self.close_connection = True
                        return
                    if os.path.exists(redirect):
                        self.send_response(302)
                        self.send_header('Location', open(redirect).read())
                        self.send_header('Content-Length', '0')
                        self.end_headers()
                        return
                    if not os.path.exists(status): return super().send_head()
                    self.send_error(int(open(status).read()))
            handler = functools.partial(Handler, directory=sys.argv[1])
            server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
            if len(sys.argv) > 2:
                import ssl
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(sys.argv[2], sys.argv[3])
                if sys.argv[4] == 'old':
                    context.set_ciphers('ALL:@SECLEVEL=0')
                    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
                server.socket = context.wrap_socket(server.socket, server_side=True)
            open(sys.argv[1] + '.port', 'w').write(str(server.server_port))
            server.serve_forever()
            """
        let more = tls.map { [$0.certificate, $0.key, $0.isOld ? "old" : "new"] } ?? []
        _ = try await Subprocess.run(
            .name("python3"),
            arguments: Arguments(["-c", program, folder] + more),
            input: .none,
            output: .bytes(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        ) { execution in
            var port = ""
            for _ in 0..<2_400 where port.isEmpty {
                try await Task.sleep(for: .milliseconds(50))
                // Not there yet, or still empty.
                port = (try? String(contentsOfFile: "\(folder).port", encoding: .utf8)) ?? ""
            }
            // It lies beside the folder, and nobody else removes it.
            try? FileManager.default.removeItem(atPath: "\(folder).port")
            do {
                try await body("\(tls == nil ? "http" : "https")://127.0.0.1:\(port)")
            } catch {
                try execution.send(signal: .terminate)
                throw error
            }
            try execution.send(signal: .terminate)
        }
    }
}
