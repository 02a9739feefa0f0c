import Foundation

extension PodmanStore {
    /// The file name of an item of data, as containers/storage makes it (`makeBigDataBaseName`): the name itself where it has
    /// small letters, digits and dots only, else "=" and its base 64. A last byte alone decides nothing: it is looked at when
    /// nothing is left to be read.
    static func dataFile(_ name: String) -> String {
        let isPlain = name.utf8.dropLast().allSatisfy(isPlain) && name.utf8.last.map { $0 < 0x80 } ?? true
        return isPlain ? name : "=" + Data(name.utf8).base64EncodedString()
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: ".")
    }
}
