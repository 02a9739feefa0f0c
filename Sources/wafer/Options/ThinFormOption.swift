import ArgumentParser
import Conversion

/// How thin images are pushed.
struct ThinFormOption: ParsableArguments {
    @Option(
        name: .customLong("thin-format"),
        help: ArgumentHelp(
            "The form of thin images. Default: docker, and oci where the registry takes no other.",
            valueName: "docker|oci"
        )
    )
    var form: ThinForm?
}

extension ThinForm: ExpressibleByArgument {}
