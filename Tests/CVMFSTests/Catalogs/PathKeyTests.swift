import CVMFS
import Plumbing
import Testing

/// The numbers of docs/cvmfs-format.md §13.1.
@Suite struct PathKeyTests {
    @Test(
        arguments: [
            ("", 338_333_539_836_370_388, 9_098_107_892_288_553_193),
            ("/foo", 5_745_132_282_796_244_766, -5_819_618_580_357_280_866),
            ("/foo/bar", -2_822_516_800_166_431_715, 9_048_809_318_629_099_454),
            ("/.cvmfs", -2_402_492_567_927_477_437, -171_651_727_507_129_842),
            ("/foo/.cvmfscatalog", 6_126_611_196_014_266_203, -7_200_968_316_833_342_202),
            ("/usr/bin/\u{e9}", 5_657_098_582_339_326_620, -3_732_663_298_201_038_527),
            // A slash alone is the root too, never the MD5 of "/".
            ("/", 338_333_539_836_370_388, 9_098_107_892_288_553_193),
        ] as [(String, Int64, Int64)]
    )
    func keysAreTheMD5OfTheAbsolutePath(path: String, first: Int64, second: Int64) throws {
        let key = try PathKey(BytePath(path))
        #expect(key.first == first)
        #expect(key.second == second)
    }

    @Test func namesAreNotNormalised() throws {
        let composed = try PathKey(BytePath("/caf\u{e9}"))
        let decomposed = try PathKey(BytePath("/cafe\u{301}"))
        #expect(composed != decomposed)
    }
}
