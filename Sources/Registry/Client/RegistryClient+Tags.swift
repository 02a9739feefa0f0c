import NIOHTTP1
package import OCI
import Plumbing

/// Lists of tags.
extension RegistryClient {
    /// Lists that have more pages than this are refused: a registry could send them for ever.
    package static let maximumTagPages = 2_000
    /// Tags that are asked for at once.
    private static let tagsPerPage = 1_000
    /// A page with longer names than any registry has.
    private static let maximumTagPageSize = 4 << 20

    /// All tags of the reference's repository, in the registry's order, each once.
    ///
    /// Follows `Link` headers (distribution specification, "Listing Tags"), always at the registry itself.
    package func tags(
        of reference: ImageReference,
        credentials: RegistryCredentials?
    ) async throws -> [String] {
        var request = try request(
            .GET,
            "tags/list?n=\(Self.tagsPerPage)",
            of: reference,
            for: Purpose(
                .listTags,
                "\(reference.registry)/\(reference.repository)",
                host: reference.canonicalHost
            ),
            credentials: credentials
        )
        var tags: [String] = []
        var seen: Set<String> = []
        var pages: Set<String> = []
        while true {
            guard pages.count < Self.maximumTagPages, pages.insert(request.url.text).inserted else {
                throw RegistryError(
                    .unexpectedAnswer,
                    request.purpose,
                    detail: "the list does not end after \(pages.count) pages"
                )
            }
            let budget = RetryBudget(settings.retries, clock: settings.clock)
            request.retries = budget
            let page = request
            let (response, bytes) = try await retrying(budget) { [page] in
                let response = try await send(page, expecting: [200])
                return (response, try await body(of: response, page, limit: Self.maximumTagPageSize, name: "list"))
            }
            for tag in try Self.tags(in: bytes, request.purpose) where seen.insert(tag).inserted { tags.append(tag) }
            guard let next = LinkHeader.next(response.headers["Link"]) else { return tags }
            request.url = try Self.page(next, after: response.url, request)
        }
    }

    private static func tags(in bytes: [UInt8], _ purpose: Purpose) throws -> [String] {
        do {
            let reader = try JSONReader(parsing: bytes, kind: "list of tags")
            // A repository without tags has null there in older registries.
            guard let list = try reader.optional("tags"), list.value != .null else { return [] }
            // A name that is no tag could not be pulled.
            return try list.array().map { try $0.string() }.filter { ImageReference.isTag($0) }
        } catch let error as JSONError {
            throw RegistryError(.invalidDocument, purpose, detail: "the registry sent an \(error)")
        }
    }

    /// Where a link leads: its path and query, at the registry that was asked. Registries behind a proxy name themselves as they
    /// know each other, by http or an inner name.
    private static func page(_ link: String, after url: RequestURL, _ request: RegistryRequest) throws -> RequestURL {
        do {
            return try url.resolving(link).at(request.registry)
        } catch {
            throw RegistryError(
                .redirectRefused,
                request.purpose,
                detail: "the address of the next page \(error.reason)"
            )
        }
    }
}
