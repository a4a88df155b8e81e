/// A place in an input.
public struct InputPosition: Sendable, Hashable, Codable {
  /// The input as it was named.
  public var input: String
  /// The entry of an archive.
  public var entry: String?
  /// The offset in the decompressed bytes, from 0.
  public var byte: Int
  /// The line, from 1.
  public var line: Int
  /// The column in bytes, from 1.
  public var column: Int
  /// How many assets start before it in its input and entry.
  public var asset: Int
}

extension InputPosition {
  /// The members of `POS` in the schemas.
  var members: [(String, JSONText)] {
    [
      ("input", .text(input)), ("entry", .text(entry)), ("byte", .int(byte)), ("line", .int(line)),
      ("column", .int(column)), ("asset", .int(asset)),
    ]
  }
}
