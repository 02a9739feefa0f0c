import ArgumentParser

/// How to print a list.
struct ListOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How to print it; table unless -z is there.", valueName: "form"))
    var format: ListFormat?

    @Flag(name: .shortAndLongZ, help: "The same as --format csv.")
    var machineFriendly = false

    func validate() throws {
        if machineFriendly, let format, format != .csv {
            throw ValidationError("-z is the same as --format csv: it cannot go with --format \(format)")
        }
    }

    /// The form that was asked for.
    var form: ListFormat {
        format ?? (machineFriendly ? .csv : .table)
    }

    /// Prints a list.
    func print(_ listing: Listing) throws {
        try StandardOutput.write(listing.text(form))
    }
}

extension NameSpecification {
    /// `-z` and `--machine-friendly`, as in the original program.
    fileprivate static var shortAndLongZ: NameSpecification { [.customShort("z"), .customLong("machine-friendly")] }
}
