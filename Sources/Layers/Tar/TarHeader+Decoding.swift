import Plumbing

extension TarHeader {
    /// Decodes header blocks, the member's own included.
    ///
    /// - Parameter window: the raw bytes from the first block up to where libarchive has read: the end of the member's own
    ///   block, or of the map of a sparse file.
    /// - Throws: ``LayerError`` with the member's name.
    init(_ window: UnsafeRawBufferPointer) throws {
        let blocks = try TarHeaderBlocks(window)
        guard let block = blocks.own else { throw LayerError(.malformed("extended headers without a member")) }
        let reading = MemberReading(block: block, records: blocks.records, blocks: blocks)
        let path = try reading.path()
        do {
            try self.init(reading, path: path, window: window)
        } catch let problem as MemberReading.Problem {
            throw LayerError(.malformed(problem.text), entry: path)
        }
    }

    private init(_ reading: MemberReading, path: [UInt8], window: UnsafeRawBufferPointer) throws {
        self.path = path
        typeFlag = reading.typeFlag
        link = try reading.link()
        mode = try UInt16(reading.number("mode", TarField.mode) & 0o7777)
        uid = try reading.identifier("uid", TarField.uid)
        gid = try reading.identifier("gid", TarField.gid)
        (mtime, mtimeNanoseconds) = try reading.time()
        let isDevice = typeFlag == TypeFlag.characterDevice || typeFlag == TypeFlag.blockDevice
        device = DeviceNumber(
            major: isDevice ? try reading.deviceNumber("SCHILY.devmajor", TarField.deviceMajor) : 0,
            minor: isDevice ? try reading.deviceNumber("SCHILY.devminor", TarField.deviceMinor) : 0
        )
        let sizes = try reading.sizes()
        (size, storedSize, isSparse) = (sizes.size, sizes.stored, sizes.form != nil)
        let rest = UnsafeRawBufferPointer(rebasing: window[reading.blocks.length...])
        let map = try sizes.form.map { form in
            try reading.readSparseMap(form, rest, size: sizes.size, stored: sizes.stored)
        }
        length = reading.blocks.length + (map?.blocks ?? 0)
        mapLength = map?.content ?? 0
        attributes = try reading.attributes()
        hasAccessControlList = reading.records?.hasKey(startingWith: "SCHILY.acl.") ?? false
        hasGlobalRecords = reading.blocks.hasGlobalRecords
    }
}
