import CVMFS
import Plumbing
import TestSupport
import Testing

@Suite("Which directories get catalogs of their own")
struct CatalogSplitterTests {
    private static let limits = CatalogLimits(maximum: 20, minimum: 4)

    private func roots(_ tree: SampleTree, _ limits: CatalogLimits = limits) throws -> [String] {
        let entries = try tree.entries()
        return ranges(entries, limits).map { entries[$0.lowerBound].path.description }
    }

    private func ranges(_ entries: [SubtreeEntry], _ limits: CatalogLimits) -> [Range<Int>] {
        var splitter = CatalogSplitter(limits: limits)
        entries.forEachPlace { splitter.add(depth: $0, isDirectory: $1) }
        return splitter.nestedCatalogs()
    }

    @Test("what is light enough stays in one catalog")
    func light() throws {
        #expect(try roots(SampleTree()) == [])
        // The root and nine files are half of the maximum.
        #expect(try roots(SampleTree(files: ["": 9])) == [])
        #expect(try roots(SampleTree(files: ["a": 4, "b": 3])) == [])
    }

    @Test("the heaviest directories leave until half of the maximum remains; equal ones in path order")
    func wide() throws {
        #expect(try roots(SampleTree(files: ["a": 4, "b": 5, "c": 4])) == ["a", "b"])
        #expect(try roots(SampleTree(files: ["a": 4, "b": 4, "c": 4])) == ["a", "b"])
        #expect(try roots(SampleTree(files: ["a": 4, "b": 4, "c": 14])) == ["a", "c"])
    }

    @Test("catalogs below catalogs, each counted as one row above")
    func deep() throws {
        let tree = SampleTree(files: ["a": 8, "a/b": 8, "a/b/c": 8, "a/b/c/d": 8])
        #expect(try roots(tree) == ["a", "a/b", "a/b/c", "a/b/c/d"])
        let entries = try tree.entries()
        for range in ranges(entries, Self.limits) {
            let root = entries[range.lowerBound].path
            #expect(entries.indices.filter { entries[$0].path.starts(with: root) } == Array(range))
        }
    }

    @Test("a directory with more files than the maximum cannot be split, and takes nothing else with it")
    func huge() throws {
        #expect(try roots(SampleTree(files: ["a": 50, "b": 2])) == ["a"])
        #expect(try roots(SampleTree(files: ["": 50])) == [])
        // Below a root that is too wide anyway, small directories stay.
        #expect(try roots(SampleTree(files: ["": 50, "a": 2, "b": 8])) == ["b"])
    }

    @Test("directories below the minimum leave only where the maximum cannot be kept without")
    func small() throws {
        let few = Dictionary(uniqueKeysWithValues: (0..<5).map { ("d\($0)", 2) })
        #expect(try roots(SampleTree(files: few)) == [])
        let many = Dictionary(uniqueKeysWithValues: (0..<8).map { ("d\($0)", 2) })
        // 25 rows and the marker: three times two rows less are 20.
        #expect(try roots(SampleTree(files: many)) == ["d0", "d1", "d2"])
    }

    @Test("the limits of the stock publisher")
    func standard() throws {
        #expect(CatalogLimits.standard == CatalogLimits(maximum: 100_000, minimum: 1_000))
        #expect(try roots(SampleTree(files: ["a": 49_998]), .standard) == [])
        #expect(try roots(SampleTree(files: ["a": 49_999]), .standard) == ["a"])
    }
}
