import Plumbing
import Testing

/// The numbers of docs/cvmfs-format.md §13.4.
@Suite struct DeviceNumberTests {
    @Test(
        arguments: [
            (1, 3, 259), (8, 0, 2048), (259, 300, 1_114_924), (10, 200, 2760), (0, 0, 0),
            // Beyond 12 and 8 bits, as glibc's makedev gives them.
            (0x1234_5678, 0x9abc_def0, 0x1234_59ab_cde6_78f0),
        ] as [(UInt32, UInt32, Int64)]
    )
    func deviceNumbersAreThoseOfGlibc(major: UInt32, minor: UInt32, encoded: Int64) {
        let number = DeviceNumber(major: major, minor: minor)
        #expect(number.encoded == encoded)
        #expect(DeviceNumber(encoded: encoded) == number)
    }
}
