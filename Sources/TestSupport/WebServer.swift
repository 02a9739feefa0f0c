import Foundation
import Subprocess

/// What a stratum 0 has in front of its storage.
package enum WebServer {
    /// Serves a folder on a free loopback port while `body` runs. Where a file `NAME.status` lies beside a file, what is
    /// asked for it is answered with the status that stands there.
    package static func serving(_ folder: String, _ body: @escaping (_ url: String) async throws -> Void) async throws {
        let program = """
            import functools, http.server, os, sys
            class Handler(http.server.SimpleHTTPRequestHandler):
                def send_head(self):
                    status = self.translate_path(self.path) + '.status'
                    if not os.path.exists(status): return super().send_head()
                    self.send_error(int(open(status).read()))
            handler = functools.partial(Handler, directory=sys.argv[1])
            server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
            open(sys.argv[1] + '.port', 'w').write(str(server.server_port))
            server.serve_forever()
            """
        _ = try await Subprocess.run(
            .name("python3"),
            arguments: ["-c", program, folder],
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
            do {
                try await body("http://127.0.0.1:\(port)")
            } catch {
                try execution.send(signal: .terminate)
                throw error
            }
            try execution.send(signal: .terminate)
        }
    }
}
