// Target `containers`, its archives. The reader of files trusts the directory at the end, the reader of pipes
// what stands before the data: where both take an archive, they must find the same in it.

import Compression
import Storage

extension FuzzTarget {
  static func archive(_ bytes: [UInt8], _ sizes: ReadSizes, cutAt cut: Int) throws -> String? {
    let random = try ArchiveFiles(random: bytes)
    let streamed = try ArchiveFiles(streamed: bytes, ReadSizes())
    let pieces = try ArchiveFiles(streamed: bytes, sizes)
    if random.isBomb || streamed.isBomb { return nil }
    if streamed != pieces { return "zip: \(pieces), not \(streamed), by pieces of \(sizes)" }
    if random.isWhole, streamed.isWhole, random != streamed {
      return "zip: \(random) from a file, \(streamed) from a pipe"
    }
    return try front(bytes, cut, random, streamed, sizes)
  }

  /// The front of a whole archive must not be a whole archive, unless it holds the end of another.
  private static func front(
    _ bytes: [UInt8], _ cut: Int, _ random: ArchiveFiles, _ streamed: ArchiveFiles, _ sizes: ReadSizes
  ) throws -> String? {
    guard cut < bytes.count else { return nil }
    let front = Array(bytes[..<cut])
    if streamed.isWhole, try ArchiveFiles(streamed: front, sizes).isWhole {
      return "zip: whole when cut at \(cut), from a pipe"
    }
    if random.isWhole, ZipBuilder.ends(in: bytes) == 1, try ArchiveFiles(random: front).isWhole {
      return "zip: whole when cut at \(cut), from a file"
    }
    return nil
  }

  static func zipped(
    _ bytes: [UInt8], _ ends: [Int], _ sizes: ReadSizes, _ damage: (place: Int, bits: Int)
  ) throws -> String? {
    var builder = ZipBuilder()
    var contents: [[UInt8]] = []
    var start = 0
    for end in ends.prefix(4) + [bytes.count] {
      contents.append(Array(bytes[start..<end]))
      // Stored or deflated, and with what is known before the data or behind them.
      try builder.add(contents[contents.count - 1], kind: sizes.piece + contents.count)
      start = end
    }
    let archive = builder.archive
    let place = damage.place % archive.count
    let whole = try ArchiveFiles(random: archive)
    if whole.contents != contents { return "zip: \(whole), not what was put in" }
    if let found = try Self.archive(archive, sizes, cutAt: place) { return found }
    var changed = archive
    changed[place] ^= UInt8(damage.bits)
    for found in [try ArchiveFiles(random: changed), try ArchiveFiles(streamed: changed, sizes)]
    where found.isWhole && found != whole {
      // Where an entry's own bytes look like an end of an archive, the change may bring it out.
      if ZipBuilder.ends(in: bytes) == 0 {
        return "zip: byte \(place) changed by \(damage.bits) gives \(found)"
      }
    }
    return nil
  }
}

/// What was found in an archive, in the order of its bytes.
struct ArchiveFiles: Equatable {
  private var entries: [Entry] = []
  /// What ended the reading of the archive.
  private var error: CompressionError.Code?

  private struct Entry: Equatable {
    var name: String
    var data: Decoded
  }

  var contents: [[UInt8]] { entries.map(\.data.bytes) }
  /// Whether all of it could be read.
  var isWhole: Bool { error == nil && entries.allSatisfy { $0.data.error == nil } && !isBomb }
  var isBomb: Bool { entries.contains { $0.data.isBomb } }

  /// Reads a file.
  init(random bytes: [UInt8], missing: Int = 0, seen: ZipListing? = nil) throws {
    do {
      let archive = try ZipArchive(ArraySource(bytes), missing: missing, seen: seen)
      for entry in archive.entries {
        entries.append(Entry(name: entry.name, data: try Decoded(archive.open(entry), ReadSizes())))
      }
    } catch let failure as CompressionError {
      error = failure.code
    }
  }

  /// Reads a pipe, and what cannot be streamed as a file.
  init(streamed bytes: [UInt8], _ sizes: ReadSizes) throws {
    do {
      let reader = try ZipStreamReader(ArrayStream(bytes, piece: sizes.piece))
      while true {
        switch try reader.nextEntry() {
        case .end: return
        case .entry(let entry):
          let data = try Decoded(reader, sizes)
          entries.append(Entry(name: entry.name, data: data))
          // Only what is refused by name can be passed over.
          if let code = data.error, code != .encrypted, code != .unsupported {
            error = code
            return
          }
        case .needsRandomAccess:
          let (rest, offset) = reader.takeRemainder()
          let spooled = try Decoded(rest, ReadSizes())
          let others = try ArchiveFiles(random: spooled.bytes, missing: offset, seen: reader.seen)
          entries += others.entries
          error = others.error
          return
        }
      }
    } catch let failure as CompressionError {
      error = failure.code
    }
  }
}

extension ArchiveFiles: CustomStringConvertible {
  var description: String {
    "\(entries.map { "\($0.name.debugDescription): \($0.data)" })" + (error.map { " and \($0)" } ?? "")
  }
}

/// Makes small archives.
struct ZipBuilder {
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  /// How often the end record of an archive seems to stand in `bytes`.
  static func ends(in bytes: [UInt8]) -> Int {
    bytes.indices.dropLast(3).count { bytes[$0..<$0 + 4].elementsEqual([0x50, 0x4B, 5, 6]) }
  }

  /// Adds a file: stored where `kind` is odd, its lengths behind the data where the next bit is set.
  mutating func add(_ content: [UInt8], kind: Int) throws {
    let encoder = try PartEncoder(CompressionOptions(format: .gzip, level: 1, workers: 1))
    let member = try encoder.compress(content)
    let isStored = kind & 1 == 1
    let data = isStored ? content : Array(member[10..<member.count - 8])
    // A member ends with the sum and the length.
    let sum = Array(member[(member.count - 8)..<(member.count - 4)])
    let sizes = sum + Self.little(data.count, 4) + Self.little(content.count, 4)
    let isBehind = kind & 2 == 2
    let name = Array("\(count).json".utf8)
    var shared = Self.little(20, 2) + Self.little(isBehind ? 8 : 0, 2)
    shared += Self.little(isStored ? 0 : 8, 2) + Self.little(0, 4)
    directory += Self.little(0x0201_4B50, 4) + Self.little(20, 2) + shared + sizes
    directory += Self.little(name.count, 2) + Self.little(0, 12) + Self.little(bytes.count, 4) + name
    bytes += Self.little(0x0403_4B50, 4) + shared + (isBehind ? Self.little(0, 12) : sizes)
    bytes += Self.little(name.count, 2) + Self.little(0, 2) + name + data
    if isBehind { bytes += Self.little(0x0807_4B50, 4) + sizes }
    count += 1
  }

  var archive: [UInt8] {
    var end = Self.little(0x0605_4B50, 4) + Self.little(0, 4)
    end += Self.little(count, 2) + Self.little(count, 2)
    end += Self.little(directory.count, 4) + Self.little(bytes.count, 4) + Self.little(0, 2)
    return bytes + directory + end
  }

  private static func little(_ value: Int, _ length: Int) -> [UInt8] {
    (0..<length).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
  }
}
