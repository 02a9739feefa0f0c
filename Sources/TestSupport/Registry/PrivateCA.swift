import Foundation
package import SystemPackage

/// A certificate authority that nobody else trusts, made by `openssl` in a folder, with certificates for a server on this
/// machine and for a client.
package struct PrivateCA: Sendable {
    /// Where all files lie.
    package let folder: FilePath
    /// The authority's certificate.
    package var certificate: String { folder.appending("ca.pem").string }
    /// The server's certificate, for 127.0.0.1, `localhost` and `registry.test`.
    package var serverCertificate: String { folder.appending("server.pem").string }
    /// Its key.
    package var serverKey: String { folder.appending("server.key").string }
    /// A client's certificate.
    package var clientCertificate: String { folder.appending("client.pem").string }
    /// Its key.
    package var clientKey: String { folder.appending("client.key").string }

    /// Issues a certificate with other names or another time. Returns its file; the key is the server's.
    ///
    /// Names are as `openssl` has them (`DNS:a.test,IP:127.0.0.1`), times as `YYYYMMDDHHMMSSZ`.
    package func issue(_ name: String, for names: String, from start: String, until end: String) async throws -> String
    {
        func write(_ text: String, _ file: String) throws {
            try Data(text.utf8).write(to: URL(filePath: folder.appending(file).string))
        }
        try write("", "\(name).index")
        try write("subjectAltName=\(names)\n", "\(name).names")
        try write(
            """
            [ca]
            default_ca = own
            [own]
            database = \(name).index
            new_certs_dir = .
            rand_serial = yes
            default_md = sha256
            policy = any
            [any]
            commonName = supplied

            """,
            "\(name).conf"
        )
        try await ExternalTool.run(
            "openssl",
            [
                "ca", "-batch", "-notext", "-config", "\(name).conf", "-cert", "ca.pem", "-keyfile", "ca.key",
                "-in", "server.csr", "-extfile", "\(name).names", "-startdate", start, "-enddate", end,
                "-out", "\(name).pem",
            ],
            in: folder.string
        )
        return folder.appending("\(name).pem").string
    }

    /// Makes it in a folder that exists. Throws what `openssl` says.
    package init(in folder: FilePath) async throws {
        self.folder = folder
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        func run(_ arguments: [String]) async throws {
            try await ExternalTool.run("openssl", arguments, in: folder.string)
        }
        try await run(
            ["req", "-x509", "-days", "2", "-subj", "/CN=wafer test authority", "-keyout", "ca.key", "-out", "ca.pem"]
                + key
        )
        let names = "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:registry.test\n"
        try Data(names.utf8).write(to: URL(filePath: folder.appending("names").string))
        for name in ["server", "client"] {
            try await run(["req", "-subj", "/CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).csr"] + key)
            try await run(
                [
                    "x509", "-req", "-days", "2", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                    "-CAcreateserial", "-extfile", "names", "-out", "\(name).pem",
                ]
            )
        }
    }
}
