// An export as the Hub delivers it: an archive of one deflated entry. The deflated bytes are those of a gzip
// member, less its frame.

import Compression
import Foundation

extension Inputs {
  /// Packs a file.
  ///
  /// - Parameter path: The file.
  /// - Returns: The path of the archive.
  /// - Throws: What compressing or the system refuses.
  public static func zipped(_ path: String) throws -> String {
    let raw = try Data(contentsOf: URL(filePath: path))
    let encoder = try PartEncoder(CompressionOptions(format: .gzip))
    var member = Data()
    let collect = { (bytes: Span<UInt8>) in bytes.withUnsafeBytes { member.append(contentsOf: $0) } }
    encoder.begin()
    try encoder.write(Array(raw).span, to: collect)
    try encoder.finish(to: collect)
    let deflated = member.dropFirst(10).dropLast(8)
    let sum = member.suffix(8).prefix(4)
    let name = Data("export.json".utf8)
    // Version, flags, method 8, time and date, the sum, both sizes, the length of the name, nothing more.
    let common =
      bytes(20, 2) + bytes(0, 2) + bytes(8, 2) + bytes(0, 2) + bytes(33, 2) + sum
      + bytes(deflated.count, 4) + bytes(raw.count, 4) + bytes(name.count, 2) + bytes(0, 2)
    let local = bytes(0x0403_4B50, 4) + common + name + deflated
    let central = bytes(0x0201_4B50, 4) + bytes(20, 2) + common + bytes(0, 14) + name
    let end =
      bytes(0x0605_4B50, 4) + bytes(0, 4) + bytes(1, 2) + bytes(1, 2) + bytes(central.count, 4)
      + bytes(local.count, 4) + bytes(0, 2)
    try (local + central + end).write(to: URL(filePath: path + ".zip"))
    return path + ".zip"
  }

  /// A number, the lowest byte first.
  private static func bytes(_ value: Int, _ count: Int) -> Data {
    Data((0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 })
  }
}
