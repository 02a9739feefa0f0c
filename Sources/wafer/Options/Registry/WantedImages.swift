import ArgumentParser
import Conversion
import OCI

/// The two images of a desiderata, as they are typed. A name that cannot be taken is a usage error.
enum WantedImages {
    /// The image to convert.
    static func input(_ name: String) throws -> ImageSource {
        try read("input") { try ImageSource(argument: name) }
    }

    /// The image to push. A thin image in the place of the input would be the next input; and its digest is not known
    /// before it is made.
    static func output(_ name: String, for input: ImageSource) throws -> ImageReference {
        let output = try read("output") { try ImageSource(argument: name).registryImage() }
        guard output.identity != input.identity else {
            throw ValidationError("the output image is the input image \(input): name another one")
        }
        guard output.digest == nil else {
            throw ValidationError("output image: it must not have a digest, which is not known yet: name a tag")
        }
        return output
    }

    private static func read<Name>(_ role: String, _ read: () throws -> Name) throws -> Name {
        do {
            return try read()
        } catch let error as OCIError {
            throw ValidationError("\(role) image: \(error)")
        }
    }
}
