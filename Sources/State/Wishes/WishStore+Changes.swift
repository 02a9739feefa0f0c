package import Foundation
import GRDB

extension Desiderata {
    /// What becomes of the output image.
    package enum OutputChange: Sendable, Hashable {
        /// It is this one from now on.
        case image(StoredReference)
        /// None is wanted any more.
        case removed
    }
}

extension WishStore {
    /// Changes what is wanted of an image: what is nil stays as it is. The next conversion makes what is new, and takes
    /// away what is no longer wanted of it in the repository. Its failures are forgotten, since what failed may not be wanted
    /// any more.
    ///
    /// Throws `unknownDesiderata`; `claimed` while a process works on it; `invalidValue` for formats and an output image that
    /// do not go together; `desiderataExists` where another one has the same images and repository; and `nameTaken` where
    /// another one has the image's name in the repository and other content.
    package func setDesiderata(
        _ id: Int64,
        formats: OutputFormats? = nil,
        platforms: [String]? = nil,
        output: Desiderata.OutputChange? = nil,
        allowsPrivate: Bool? = nil,
        at now: Date
    ) async throws -> Desiderata {
        let platforms = try platforms.map(WishStore.checked)
        return try await connection.write { db in
            let old = try WishStore.desiderata(id, db)
            try WishStore.refuseClaimed(id, at: now, db)
            let (formats, platforms) = (formats ?? old.formats, platforms ?? old.platforms)
            let allowsPrivate = allowsPrivate ?? old.allowsPrivate
            let image: Image? =
                switch output {
                case nil: old.output
                case .removed: nil
                case .image(let reference): try WishStore.addImage(reference, isThin: true, db)
                }
            if formats == old.formats, platforms == old.platforms, image?.id == old.output?.id,
                allowsPrivate == old.allowsPrivate
            {
                return old
            }
            if let fault = formats.fault(hasOutputImage: image != nil) { throw StateError.invalidValue(fault) }
            if let twin = try WishStore.desiderataNumber(old.input.id, image?.id, old.cvmfsRepository, db), twin != id {
                throw try WishStore.desiderata(twin, db).taken(formats: formats, platforms: platforms)
            }
            let content = DesiderataContent(id: id, input: old.input, formats: formats, platforms: platforms)
            try WishStore.refuseOtherPlatform(of: content, in: old.cvmfsRepository, db)
            try refuseTakenNames(of: content, for: .desiderata(id), in: old.cvmfsRepository, db)
            try db.execute(
                sql: """
                    UPDATE desiderata
                    SET output_image = ?, formats = ?, platforms = ?, allow_private = ?, changed_at = ?, next_look = ?
                    WHERE id = ?
                    """,
                arguments: [
                    image?.id, formats.names, platforms.joined(separator: ","), allowsPrivate, now, now, id,
                ]
            )
            try ConversionHistory.clearBackOff(of: id, db)
            return try WishStore.desiderata(id, db)
        }
    }
}
