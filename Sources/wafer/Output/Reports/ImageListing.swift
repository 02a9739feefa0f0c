import State

/// The images of the database as lists show them.
enum ImageListing {
    /// CSV has the document's eight columns; the table has what tells images apart, as a digest alone fills a line.
    private static let columns: [Listing.Column] = [
        .init("id", "Id", csv: false),
        .init("name", "Name"),
        .init("user", "User"),
        .init("scheme", nil),
        .init("registry", nil),
        .init("repository", nil),
        .init("tag", nil),
        .init("digest", nil),
        .init("is_thin", "Is Thin"),
    ]

    /// A list of images.
    static func make(_ images: [Image]) -> Listing {
        Listing(
            columns: columns,
            rows: images.map { image in
                let reference = image.reference
                return [
                    .number(image.id), .text(reference.text), .optional(reference.user), .text(reference.scheme),
                    .text(reference.registry), .text(reference.repository), .optional(reference.tag),
                    .optional(reference.digest), .flag(image.isThin),
                ]
            }
        )
    }
}
