/// What is made of the images of recipes that cannot say it: lists, and those of version 1.
package struct RecipeDefaults: Sendable, Hashable {
    /// The outputs by their names, `layers` among them; nil for those of the form.
    package var formats: [String]?
    /// For which platforms, as `linux/amd64`; `all` alone for every one; nil for those of the form.
    package var platforms: [String]?
    /// Whether images that need credentials are published where everybody can read them.
    package var allowsPrivate = false

    /// What the form says.
    package init() {}

    /// Whether they say anything.
    package var areEmpty: Bool { self == RecipeDefaults() }
}

extension Recipe {
    /// The recipe with what its command says of all its images. Throws ``RecipeFault`` where its text says that itself, and for
    /// thin images without a name.
    package func with(_ defaults: RecipeDefaults) throws(RecipeFault) -> Recipe {
        if defaults.areEmpty { return self }
        let start = RecipePosition(line: 1, column: 1)
        guard form != .wafer else {
            throw RecipeFault(
                start,
                "a recipe of version 2 says formats, platforms and private itself: write them there"
            )
        }
        if form == .list, defaults.formats?.contains("thin") == true {
            throw RecipeFault(start, "a list names no thin images: leave thin out, or write a recipe of version 2")
        }
        return Recipe(
            form: form,
            repository: repository.flatMap { name in repositoryPosition.map { (name, $0) } },
            limits: (maximumImages, maximumBytes),
            entries: entries.map { $0.with(defaults) },
            faults: faults,
            remarks: remarks
        )
    }
}

extension RecipeEntry {
    fileprivate func with(_ defaults: RecipeDefaults) -> RecipeEntry {
        var options = options
        if let formats = defaults.formats { options.formats = formats }
        if !options.formats.contains("thin") { options.thin = nil }
        if let platforms = defaults.platforms { options.platforms = platforms }
        if defaults.allowsPrivate { options.allowsPrivate = true }
        return RecipeEntry(position: position, text: text, image: image, tags: tags, options: options)
    }
}
