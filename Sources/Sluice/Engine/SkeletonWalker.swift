// The fast way through JSON of which a reader needs little: containers that it does not need are jumped over at
// scan speed, so that yajl sees a few hundred bytes of an asset of any size.
//
//     {"asset":"https…","task":{"stage":"Complete","tools":[ … 2 GB … ],"stageHistory":[ … ]}}
//     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^           ^^^^^^^^^^^^^^^^^^^      ^^^
//
// yajl finds the brackets of such a container next to each other, and so still tells `[}` from `[]`.

internal import ByteScan
internal import JSONEvents

/// A reader that need not be given everything.
protocol SkeletonReader: JSONEventHandler {
  /// Whether the container that has just been opened need not be read.
  var skipsContainer: Bool { get }
}

extension AssetReader: SkeletonReader {}
extension AnnotationListReader: SkeletonReader {}

/// Feeds the skeleton of an asset or a list to yajl, run by run; works on any size.
struct SkeletonWalker<Reader: SkeletonReader>: ~Copyable {
  private let kernel: ScanKernel
  private let reader: Reader
  private var parser: JSONPushParser<Reader>
  private var state = ScanState()
  /// The depth at which the container that is being jumped over is closed.
  private var skipTarget: Int?

  init(reader: Reader, kernel: ScanKernel, maxDepth: Int, allowsMultipleValues: Bool = false) {
    self.reader = reader
    self.kernel = kernel
    parser = JSONPushParser(reader, maxDepth: maxDepth, allowsMultipleValues: allowsMultipleValues)
  }

  /// Feeds bytes that are not scanned.
  mutating func feed(_ bytes: Span<UInt8>, at offset: Int) throws(JSONRejection) {
    try parser.feed(bytes, at: offset)
  }

  /// Reads the next bytes.
  ///
  /// - Parameters:
  ///   - bytes: What follows the bytes before.
  ///   - offset: Where they stand in the input.
  ///   - map: That of the block they are in, if there is one.
  ///   - afterFeeding: Called when the reader has been given some of them.
  /// - Throws: `JSONRejection` when the skeleton is no JSON, the walker is then of no more use; and what
  ///   `afterFeeding` throws.
  @inline(__always)
  mutating func consume(
    _ bytes: Span<UInt8>, at offset: Int, map: ScanMap? = nil, _ afterFeeding: () throws -> Void = {}
  ) throws {
    var index = 0
    var fed = 0
    while true {
      if let target = skipTarget {
        let close = kernel.skip(
          toDepth: target, in: bytes, from: index, state: &state, along: map, at: offset)
        guard let close else { return }
        skipTarget = nil
        fed = close
        index = close + 1
      }
      guard let bracket = kernel.nextBracket(in: bytes, from: index, state: &state) else { break }
      index = bracket + 1
      let byte = bytes[bracket]
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        // An empty container needs no question: skipped or not, yajl is given the same two bytes.
        if index < bytes.count, bytes[index] == byte + 2 { continue }
        try parser.feed(bytes.extracting(fed..<index), at: offset + fed)
        fed = index
        if reader.skipsContainer { skipTarget = state.depth - 1 }
        try afterFeeding()
      }
    }
    if fed < bytes.count { try parser.feed(bytes.extracting(fed..<bytes.count), at: offset + fed) }
    try afterFeeding()
  }

  /// Ends the value, whose last byte has been consumed, so that another may follow.
  ///
  /// - Returns: Whether the skeleton is complete.
  mutating func finish() -> Bool {
    state = ScanState()
    return (try? parser.endOfInput()) != nil
  }
}
