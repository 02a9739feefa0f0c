/// A long list in pieces of one size: growing it moves nothing, where an array is copied as a whole and takes up to three
/// times its bytes meanwhile.
package struct Segments<Element> {
    private var segments: [[Element]] = []
    /// How many elements there are.
    package private(set) var count = 0

    /// A power of two, so that finding an element takes no division.
    private static var segmentShift: Int { 12 }
    private static var segmentLength: Int { 1 << segmentShift }

    /// An empty list.
    package init() {}

    /// Adds an element. Returns its position.
    @discardableResult
    package mutating func append(_ element: Element) -> Int {
        if count & (Self.segmentLength - 1) == 0 {
            var segment: [Element] = []
            // The first one grows as it must: most lists are short.
            if count > 0 { segment.reserveCapacity(Self.segmentLength) }
            segments.append(segment)
        }
        segments[segments.count - 1].append(element)
        count += 1
        return count - 1
    }

    /// The element at a position that ``append(_:)`` gave.
    package subscript(position: Int) -> Element {
        get { segments[position >> Self.segmentShift][position & (Self.segmentLength - 1)] }
        _modify { yield &segments[position >> Self.segmentShift][position & (Self.segmentLength - 1)] }
    }
}

extension Segments: Sendable where Element: Sendable {}

extension Segments: RandomAccessCollection, MutableCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { count }
}
