// Directory names that Spark, DuckDB, PyArrow and ClickHouse read back as the value they came from.
// Spark's own escaping was the only one that round-trips everywhere; percent-encoding of non-ASCII,
// as DuckDB and PyArrow write it, comes back from Spark as Latin-1.
//
// Two values can share a directory: null with "" (Spark refuses a tree with an empty value), and
// whatever spells another directory's name out. So partitions are told apart by their directory, never
// by their value; the value itself stays in the row.

/// Hive-style names: `stage=Complete`.
package enum PartitionPath {
  /// What stands for null and for the empty string.
  package static let nullValue = "__HIVE_DEFAULT_PARTITION__"
  /// The longest name the file systems take, in bytes.
  static let longestComponent = 255
  /// Room for a cut name, before `~` and 16 digits.
  static let longestPrefix = 238

  /// The name of the directory for one value of one key.
  ///
  /// It always starts with `key=` and holds no slash, so no value can lead out of its parent.
  ///
  /// - Parameters:
  ///   - key: The partition key.
  ///   - value: The value as UTF-8, nil for null.
  /// - Returns: `key=` and the escaped value, at most 255 bytes.
  package static func component(key: String, value: [UInt8]?) -> String {
    guard let value, !value.isEmpty else { return key + "=" + nullValue }
    var name = Array((key + "=").utf8)
    var fits = name.count
    for scalar in String(decoding: value, as: UTF8.self).unicodeScalars {
      append(scalar, to: &name)
      // The longest prefix that ends between two characters, a %XX counting as one.
      if name.count <= longestPrefix { fits = name.count }
    }
    if name.count > longestComponent {
      name.removeSubrange(fits...)
      name.append(UInt8(ascii: "~"))
      name.append(contentsOf: Digest.sha256(value).utf8.prefix(16))
    }
    return String(decoding: name, as: UTF8.self)
  }

  private static func append(_ scalar: Unicode.Scalar, to name: inout [UInt8]) {
    guard scalar.isASCII, isEscaped(UInt8(truncatingIfNeeded: scalar.value)) else {
      name.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      return
    }
    let digits = Array("0123456789ABCDEF".utf8)
    name.append(UInt8(ascii: "%"))
    name.append(digits[Int(scalar.value >> 4)])
    name.append(digits[Int(scalar.value & 15)])
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x7F || "\"#%'*/:=?\\{[]^".utf8.contains(byte)
  }
}
