// What is an address and no path. A path may begin with anything, but who writes `s3://bucket/lake` means no
// directory called `s3:`.

public import SystemPackage

/// Addresses where a path should be.
public enum Address {
  /// The scheme of an address, such as `s3` of `s3://bucket/key`; nil for a path.
  ///
  /// A `FilePath` holds no two slashes in a row, so `s3:/bucket` is one as well; the path of that name is written
  /// `./s3:/bucket`.
  ///
  /// - Parameter path: What was typed.
  /// - Returns: What stands before the colon.
  public static func scheme(of path: FilePath) -> String? {
    guard path.isRelative, path.components.count > 1, let name = path.components.first?.bytes,
      name.last == UInt8(ascii: ":"), let first = name.first, isLetter(first),
      name.dropLast().allSatisfy({ isLetter($0) || isOther($0) })
    else { return nil }
    return String(decoding: name.dropLast(), as: UTF8.self)
  }

  /// An address as it was typed.
  ///
  /// - Parameter path: One with a scheme.
  /// - Returns: The same with both slashes.
  public static func text(of path: FilePath) -> String {
    guard let scheme = scheme(of: path) else { return path.string }
    let rest = path.string.dropFirst(scheme.count + 2)
    return scheme + "://" + (scheme.lowercased() == "file" ? "/" : "") + rest
  }

  /// Why an address is refused where a path should be; nil for a path.
  public static func refusal(of path: FilePath) -> String? {
    scheme(of: path).map {
      "'\(text(of: path))' is an address, and only paths are read and written: there is no \($0):// here"
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  /// What RFC 3986 allows behind the first letter.
  private static func isOther(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E].contains(byte)
  }
}
