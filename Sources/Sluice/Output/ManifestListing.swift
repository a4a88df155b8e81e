// What a manifest lists, read piece by piece: one with a million files is not held. Only a manifest whose own
// sum is right says what Sluice wrote; one that was cut or edited says nothing.

internal import JSONEvents
internal import Storage
internal import SystemPackage

/// A manifest of ours, intact.
struct ManifestListing {
  /// How many rows the output has.
  let rows: Int
  /// How many files it lists, and how many directories those are in, some of them counted again.
  let names: Int
  private let path: FilePath

  /// The most directories that a listed path leads through; a run makes one for each key of the partitions.
  static let mostComponents = 64

  /// Reads a manifest to its end; nil where there is none, or one that is not ours or not intact.
  ///
  /// - Parameter path: The file.
  /// - Throws: `StorageError` when it cannot be read.
  init?(_ path: FilePath) throws {
    guard try ManifestText.isOurs(path) else { return nil }
    let handler = ListingHandler()
    var names = 0
    var last: [UInt8] = []
    let isIntact = try Self.read(path, handler) { file in
      names += 1 + Self.newDirectories(of: file, after: last).count
      last = file
    }
    guard isIntact, !handler.isStrange, let rows = handler.rows else { return nil }
    self.rows = rows
    self.names = names
    self.path = path
  }

  /// Visits the path of every listed file, in the order of the manifest.
  ///
  /// - Throws: `StorageError` when the manifest cannot be read, what `body` throws.
  func forEachPath(_ body: ([UInt8]) throws -> Void) throws {
    // It was intact when it was read first.
    if try !Self.read(path, ListingHandler(), body) {
      throw StorageError(operation: "read all of", path: path, errno: .ioError)
    }
  }

  /// The directories that `path` leads through and the path visited before did not.
  static func newDirectories(of path: [UInt8], after last: [UInt8]) -> [ArraySlice<UInt8>] {
    let shared = zip(path, last).prefix { $0 == $1 }.count
    return path.indices.filter { path[$0] == 0x2F && $0 >= shared }.map { path[..<$0] }
  }

  /// Visits the listed paths as they come; false where the text is no JSON or its sum is wrong.
  private static func read(
    _ path: FilePath, _ handler: ListingHandler, _ body: ([UInt8]) throws -> Void
  ) throws -> Bool {
    let source = try openForReading(path)
    var parser = JSONPushParser(handler, maxDepth: 64)
    var seal = SealReader(size: source.size)
    do {
      try forEachPiece(of: source) { bytes, offset in
        seal.add(bytes, at: offset)
        try parser.feed(bytes, at: offset)
        for path in handler.takePaths() { try body(path) }
      }
      try parser.endOfInput()
    } catch is JSONRejection {
      return false
    }
    return seal.isRight
  }
}

/// Finds the paths of the files, and how many rows they have.
private final class ListingHandler: JSONEventHandler {
  /// Those of the piece at hand.
  private var paths: [[UInt8]] = []
  private(set) var rows: Int?
  /// Whether a path is one that no run writes.
  private(set) var isStrange = false
  private var depth = 0
  private var section = ""
  /// The key of the member at hand, where it may be one that is looked for.
  private var key = ""

  func takePaths() -> [[UInt8]] {
    defer { paths.removeAll(keepingCapacity: true) }
    return paths
  }

  func startObject(at offset: Int) { depth += 1 }
  func startArray(at offset: Int) { depth += 1 }
  func endObject(at offset: Int) { depth -= 1 }
  func endArray(at offset: Int) { depth -= 1 }

  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    guard depth <= 3 else { return }
    let name = String(decoding: [UInt8](value), as: UTF8.self)
    if depth == 1 { section = name }
    key = name
  }

  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    guard depth == 3, key == "path", section == "files" || section == "rejects" else { return }
    let path = [UInt8](value)
    let components = path.split(separator: 0x2F)
    let isListed =
      TreePath.isSafe(String(decoding: path, as: UTF8.self)) && components.count > 1
      && components.count <= ManifestListing.mostComponents
      && ["data", "rejects"].contains { components[0].elementsEqual($0.utf8) }
    if isListed { paths.append(path) } else { isStrange = true }
  }

  func number(_ raw: Span<UInt8>, at range: Range<Int>) {
    guard depth == 2, section == "totals", key == "rows" else { return }
    rows = Int(String(decoding: [UInt8](raw), as: UTF8.self))
  }

  func boolean(_ value: Bool, at range: Range<Int>) {}
  func null(at range: Range<Int>) {}
  func oversizedNumber(at range: Range<Int>) {}
  func oversizedString(isKey: Bool, at range: Range<Int>) {
    if !isKey, depth == 3, key == "path" { isStrange = true }
  }
}
