/// The parts of an image reference that an error can point at.
package enum ReferencePart: String, Sendable {
    case reference = "image reference"
    case scheme
    case registry
    case repository
    case tag
    case digest
}
