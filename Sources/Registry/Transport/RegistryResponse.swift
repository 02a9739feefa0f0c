package import AsyncHTTPClient
package import NIOHTTP1

/// The head of an answer, and its body, which is read as it comes.
package struct RegistryResponse: Sendable {
    /// The status code.
    package let status: Int
    /// The header fields.
    package let headers: HTTPHeaders
    /// The body: each part is asked for when the one before was used.
    package let body: HTTPClientResponse.Body
    /// Where it came from, after redirects.
    package let url: RequestURL
    /// What the request sent and no message may show.
    package var secrets = Secrets.none
    /// Who asked, where a user did: also one that the request did not name.
    package var user: RegistryCredentials?
    /// The way of the login that the request went with, nil where it went without one.
    package var login: Challenge?

    /// An answer; networks of tests make some, too.
    package init(status: Int, headers: HTTPHeaders, body: HTTPClientResponse.Body, url: RequestURL) {
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url
    }

    /// The `Content-Length` of the body, if the answer tells one.
    var contentLength: Int64? { headers.first(name: "Content-Length").flatMap { Int64($0) } }
}
