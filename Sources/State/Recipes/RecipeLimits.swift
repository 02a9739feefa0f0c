import Plumbing

/// How much a recipe may have.
package struct RecipeLimits: Sendable, Hashable {
    /// The most images that it may select; nil for any number.
    package var images: Int?
    /// The most compressed bytes of its images' layers, each layer once; nil for any number.
    package var bytes: Int64?

    /// Limits; none by default.
    package init(images: Int? = nil, bytes: Int64? = nil) {
        self.images = images
        self.bytes = bytes
    }
}

/// A layer of an image that was converted.
package struct ConvertedLayer: Sendable, Hashable {
    /// The digest of its compressed bytes, `sha256:HEX`.
    package let digest: String
    /// How many compressed bytes it has.
    package let size: Int64

    /// A layer by both.
    package init(digest: String, size: Int64) {
        self.digest = digest
        self.size = size
    }
}

/// What is known of the layers of a recipe's images.
package struct RecipeUse: Sendable, Hashable {
    /// Compressed bytes of all layers, each once.
    package let bytes: Int64
    /// Images of which no layer is known yet: they were not converted since that is recorded.
    package let unknownImages: Int

    /// Both.
    package init(bytes: Int64, unknownImages: Int) {
        self.bytes = bytes
        self.unknownImages = unknownImages
    }
}

/// That the layers of a recipe's images have more bytes than they may.
package struct RecipeExcess: Error, Sendable, Hashable, CustomStringConvertible {
    /// The recipe, by its source.
    package let recipe: String
    /// What the layers would have, each once, as far as it is known.
    package let bytes: Int64
    /// What they may have.
    package let limit: Int64

    /// What it comes to, and what to change.
    package var description: String {
        "the layers of the images of the recipe \(Printable.text(recipe)) would have \(ByteCount.text(bytes)), and its max-bytes "
            + "is \(ByteCount.text(limit)): narrow its rules, or raise max-bytes, and apply it with "
            + "`wafer recipe apply \(Printable.text(recipe))`"
    }
}
