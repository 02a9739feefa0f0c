import ArgumentParser
import OCI
import State

/// For which images of an index something is wanted.
struct PlatformsOption: ParsableArguments {
    @Option(
        name: .customLong("platform"),
        help: ArgumentHelp(
            "The image to take out of an index, as linux/arm64, arm64 or arm/v7; may be repeated. all means every one there is.",
            valueName: "os/arch|all"
        ),
        transform: PlatformChoice.init
    )
    var choices: [PlatformChoice] = []

    func validate() throws {
        guard choices.allSatisfy({ $0 == .all }) || !choices.contains(.all) else {
            throw ValidationError("--platform all is every platform of the image: name no other with it")
        }
    }

    /// As the database has them; nil where none was named.
    var names: [String]? { choices.isEmpty ? nil : choices.map(\.name) }
}

/// A platform, or all of them.
enum PlatformChoice: Equatable {
    case all
    case one(Platform)

    /// Reads `all` or a platform. Throws `OCIError` for anything else.
    init(_ argument: String) throws {
        self = argument == Desiderata.allPlatforms ? .all : .one(try Platform(typed: argument))
    }

    var name: String {
        switch self {
        case .all: Desiderata.allPlatforms
        case .one(let platform): platform.description
        }
    }
}
