// How an archive's entry starts, which says whether it is read at all.

internal import Compression
internal import Storage

/// How an entry starts.
enum EntryStart {
  /// With the bracket of an array or an object.
  case export
  /// There are no bytes, or nothing but white space.
  case empty(hasBytes: Bool)
  /// With something else; nil if that has no name.
  case foreign(ForeignContent?)

  /// How far white space is looked through.
  private static let reach = 1 << 20

  /// Looks at the first byte behind a byte order mark that is no white space, and at what follows it.
  init(_ stream: PeekedStream) throws {
    var length = 64
    while true {
      let bytes = try stream.peek(length)
      let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
      if let first = text.firstIndex(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
        if text[first] == UInt8(ascii: "[") || text[first] == UInt8(ascii: "{") {
          self = .export
          return
        }
        let window = Array(try stream.peek(first + ForeignContent.window)[first...])
        self = .foreign(ForeignContent.atStart(window, offset: first, isInArray: false))
        return
      }
      if bytes.count < length {
        self = .empty(hasBytes: !bytes.isEmpty)
        return
      }
      if length > Self.reach {
        self = .foreign(nil)
        return
      }
      length *= 2
    }
  }
}
