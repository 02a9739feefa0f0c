import Plumbing

extension TarHeader {
    /// Decodes header blocks.
    ///
    /// - Parameter header: the raw bytes from the first block to the end of the member's own one, or of the map of a sparse
    ///   file.
    /// - Throws: ``LayerError`` with the member's name.
    init(_ header: UnsafeRawBufferPointer) throws {
        let reading = try MemberReading(header)
        let path = try reading.path()
        do {
            try self.init(reading, path: path, header: header)
        } catch let problem as MemberReading.Problem {
            throw LayerError(.malformed(problem.text), entry: path)
        }
    }

    private init(_ reading: MemberReading, path: [UInt8], header: UnsafeRawBufferPointer) throws {
        self.path = path
        typeFlag = reading.typeFlag
        link = try reading.link()
        mode = try UInt16(reading.number("mode", TarField.mode) & 0o7777)
        let owner = try reading.identifier("uid", TarField.uid)
        let group = try reading.identifier("gid", TarField.gid)
        (uid, gid) = (owner.value, group.value)
        (mtime, mtimeNanoseconds) = try reading.time()
        var isChanged = owner.isChanged || group.isChanged
        if typeFlag == TypeFlag.characterDevice || typeFlag == TypeFlag.blockDevice {
            let major = try reading.deviceNumber("SCHILY.devmajor", TarField.deviceMajor, bits: 12)
            let minor = try reading.deviceNumber("SCHILY.devminor", TarField.deviceMinor, bits: 20)
            device = DeviceNumber(major: major.value, minor: minor.value)
            isChanged = isChanged || major.isChanged || minor.isChanged
        } else {
            device = DeviceNumber(major: 0, minor: 0)
        }
        hasWrappedNumbers = isChanged
        let sizes = try reading.sizes()
        (size, storedSize, isSparse) = (sizes.size, sizes.stored, sizes.form != nil)
        let rest = UnsafeRawBufferPointer(rebasing: header[reading.blocks.length...])
        if let form = sizes.form {
            (storedPieces, mapLength) = try reading.readSparseMap(form, rest, size: size, stored: storedSize)
        } else {
            (storedPieces, mapLength) = (size > 0 ? [0..<size] : [], 0)
        }
        attributes = reading.attributes()
        hasForeignAttributes = reading.hasForeignAttributes
        hasAccessControlList = reading.records?.hasKey(startingWith: "SCHILY.acl.") ?? false
        hasGlobalRecords = reading.blocks.hasGlobalRecords
    }
}
