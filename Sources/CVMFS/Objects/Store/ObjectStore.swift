/// A repository's storage that this machine reads and writes in every respect.
package typealias ObjectStore = ObjectReader & ObjectWriter & ObjectStaging & TopLevelWriter
