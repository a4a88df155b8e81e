// What an archive holds, boiled down to a number, so that a reader of a pipe can compare what it saw with
// what the directory lists without keeping either.

/// Entries counted and digested, in any order.
public struct ZipListing: Equatable, Sendable {
  /// What may stand behind an entry.
  static let recordSignatures: Set<UInt32> = [
    ZipSignature.localHeader, ZipSignature.centralHeader, ZipSignature.endOfDirectory,
    ZipSignature.endOfDirectory64, ZipSignature.archiveExtra,
  ]

  private var count = 0
  private var digest: UInt64 = 0

  init() {}

  mutating func add(_ record: ZipRecord) {
    count += 1
    digest &+= record.digest
  }

  /// Reads a central directory and everything behind it to the end of the stream.
  init(directory input: InputBuffer) throws {
    while true {
      guard try input.fill(4) else { throw zipError(.truncated, at: input.offset + input.available) }
      switch input.copy(0..<4).u32(0) {
      case ZipSignature.centralHeader: add(try ZipRecord.central(input))
      case ZipSignature.archiveExtra: try Self.skip(input, fixed: 8) { Int($0.u32(4)) }
      case ZipSignature.endOfDirectory64: try Self.skip(input, fixed: 12) { Int(clamping: $0.u64(4)) }
      case ZipSignature.endLocator64: try Self.skip(input, fixed: 20) { _ in 0 }
      case ZipSignature.endOfDirectory:
        try Self.skip(input, fixed: 22) { Int($0.u16(20)) }
        guard try !input.fill() else {
          throw zipError(.corrupt, at: input.offset, detail: "garbage after the archive")
        }
        return
      default:
        throw zipError(.corrupt, at: input.offset, detail: "no record of an archive starts here")
      }
    }
  }

  private static func skip(
    _ input: InputBuffer, fixed: Int, _ variable: ([UInt8]) -> Int
  ) throws {
    guard try input.fill(fixed) else { throw zipError(.truncated, at: input.offset + input.available) }
    let more = variable(input.copy(0..<fixed))
    input.consume(fixed)
    guard try input.skip(more) else { throw zipError(.truncated, at: input.offset) }
  }
}
