// What the bytes of an input are wrapped in. Told by content alone: names lie, and a pipe has none.

/// The wrapping of an input's bytes.
public enum Container: String, CaseIterable, Hashable, Sendable {
  /// Nothing: the bytes are the data.
  case plain
  /// One gzip member or several.
  case gzip
  /// One zstd frame or several, skippable ones among them.
  case zstd
  /// A ZIP archive.
  case zip

  /// How many leading bytes `detect(_:)` wants to see; fewer are enough only when the input has no more.
  public static let detectionLength = 8

  /// Tells the container by the magic number at the start of an input.
  ///
  /// - Parameter prefix: The first bytes of the input, `detectionLength` of them if it has as many.
  /// - Returns: The container, `.plain` where no magic number stands.
  public static func detect(_ prefix: Span<UInt8>) -> Container {
    if prefix.count >= 2, prefix[0] == 0x1F, prefix[1] == 0x8B { return .gzip }
    guard prefix.count >= 4 else { return .plain }
    switch littleEndian32(prefix, at: 0) {
    case 0xFD2F_B528, 0x184D_2A50...0x184D_2A5F:
      return .zstd
    case ZipSignature.localHeader, ZipSignature.endOfDirectory:
      return .zip
    case ZipSignature.spanned where prefix.count >= 8:
      return littleEndian32(prefix, at: 4) == ZipSignature.localHeader ? .zip : .plain
    default:
      return .plain
    }
  }

  private static func littleEndian32(_ bytes: Span<UInt8>, at index: Int) -> UInt32 {
    UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8
      | UInt32(bytes[index + 2]) << 16 | UInt32(bytes[index + 3]) << 24
  }
}

/// The four-byte marks that start the records of a ZIP archive, read as little-endian numbers.
enum ZipSignature {
  static let localHeader: UInt32 = 0x0403_4B50
  static let centralHeader: UInt32 = 0x0201_4B50
  static let endOfDirectory: UInt32 = 0x0605_4B50
  static let endOfDirectory64: UInt32 = 0x0606_4B50
  static let endLocator64: UInt32 = 0x0706_4B50
  static let archiveExtra: UInt32 = 0x0806_4B50
  /// Starts a data descriptor; at the very start of an archive the mark of a spanned one.
  static let dataDescriptor: UInt32 = 0x0807_4B50
  static let spanned: UInt32 = dataDescriptor
}
