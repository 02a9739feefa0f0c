import OCI

extension Platform {
    /// Reads what was typed for an option. Throws `OCIError`, which the argument parser shows with the option's name.
    static func argument(_ text: String) throws -> Platform { try Platform(typed: text) }
}
