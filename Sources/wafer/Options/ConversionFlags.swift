import ArgumentParser
import Conversion
import Foundation
import OCI

/// How to convert.
struct ConversionFlags: ParsableArguments {
    @Flag(
        name: [.customShort("g"), .customLong("convert-again")],
        help: "Also convert what is up to date."
    )
    var convertAgain = false

    @Flag(
        name: [.customShort("f"), .customLong("overwrite-layers")],
        help: "Download and store layers that are there anew, each as it is on the layers below it in this image."
    )
    var overwriteLayers = false

    @Flag(
        name: .customLong("trust-existing-layers"),
        help: "Treat layers that another program published as complete."
    )
    var trustExistingLayers = false

    @Option(
        help: ArgumentHelp("The image to take out of an index, for all of them.", valueName: "os/arch"),
        transform: Platform.argument
    )
    var platform: Platform?

    @Option(help: ArgumentHelp("Images at the same time; eight for each core, 32 at most.", valueName: "number"))
    var jobs = min(8 * ProcessInfo.processInfo.activeProcessorCount, 32)

    @Option(
        help: ArgumentHelp(
            "What images on their way have in memory, beside the program itself; the default is an eighth of the "
                + "machine's, at most 512M. 8M are an image at the same time.",
            valueName: "bytes"
        )
    )
    var memory = ByteLimit(bytes: WorkMemory.standard.bytes)

    @OptionGroup
    var thin: ThinFormOption

    @OptionGroup
    var progress: ProgressOption

    @OptionGroup(title: "Limits of a Layer")
    var limitOptions: LimitOptions

    func validate() throws {
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs \(jobs): it must be 1 to 256") }
        guard memory.bytes >= WorkMemory.least else {
            throw ValidationError("--memory \(memory.defaultValueDescription): it must be 16M or more")
        }
    }

    /// Images at the same time, as many as the memory allows.
    var imagesAtOnce: Int { min(jobs, WorkMemory(bytes: memory.bytes).images) }

    /// The same for the converter.
    var options: ConversionOptions {
        ConversionOptions(
            platform: platform,
            convertAgain: convertAgain,
            overwriteLayers: overwriteLayers,
            trustExistingLayers: trustExistingLayers,
            thinForm: thin.form,
            limits: limitOptions.limits,
            memory: WorkMemory(bytes: memory.bytes)
        )
    }
}
