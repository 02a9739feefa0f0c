/// A file as Unix knows it, without its name and its content: the one shape that it has on its way from an archive to a
/// catalog and back.
package struct FileNode: Sendable, Hashable {
    /// What a file is. Whatever treats kinds differently switches over this.
    package enum Kind: Sendable, Hashable {
        case directory
        /// The size in bytes, holes included.
        case file(size: Int64)
        /// The target as stored: it need not exist, nor be UTF-8.
        case symlink(target: [UInt8])
        case characterDevice(DeviceNumber)
        case blockDevice(DeviceNumber)
        case fifo
        case socket
    }

    /// What it is.
    package var kind: Kind
    /// Its owner, permissions, times.
    package var attributes: FileAttributes

    /// A file, with the attributes of an implicit directory where none are given.
    package init(_ kind: Kind, _ attributes: FileAttributes = FileAttributes()) {
        self.kind = kind
        self.attributes = attributes
    }

    /// `st_mode`: the type with the permissions.
    package var mode: UInt32 { kind.type.rawValue | UInt32(attributes.mode) }
}

extension FileNode.Kind {
    /// The bits of `st_mode` for it.
    package var type: FileType {
        switch self {
        case .directory: .directory
        case .file: .regular
        case .symlink: .symlink
        case .characterDevice: .characterDevice
        case .blockDevice: .blockDevice
        case .fifo: .fifo
        case .socket: .socket
        }
    }

    /// The number of a device; nil for everything else.
    package var device: DeviceNumber? {
        switch self {
        case .characterDevice(let device), .blockDevice(let device): device
        case .directory, .file, .symlink, .fifo, .socket: nil
        }
    }

    /// What `st_mode` says of a file: its size where it is regular, its device number where it is a device, its target where
    /// it is a link. Nil where the bits name no type.
    package init?(mode: UInt32, size: Int64, device: DeviceNumber, target: [UInt8]) {
        switch FileType(mode: mode) {
        case .directory: self = .directory
        case .regular: self = .file(size: size)
        case .symlink: self = .symlink(target: target)
        case .characterDevice: self = .characterDevice(device)
        case .blockDevice: self = .blockDevice(device)
        case .fifo: self = .fifo
        case .socket: self = .socket
        case nil: return nil
        }
    }
}
