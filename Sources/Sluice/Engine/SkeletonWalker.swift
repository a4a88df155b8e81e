// The fast way through an asset: containers that the reader does not need are jumped over at scan speed, so
// that yajl sees a few hundred bytes of an asset of any size.
//
//     {"asset":"https…","task":{"stage":"Complete","tools":[ … 2 GB … ],"stageHistory":[ … ]}}
//     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^           ^^^^^^^^^^^^^^^^^^^      ^^^
//
// yajl finds the brackets of such a container next to each other, and so still tells `[}` from `[]`.

internal import ByteScan
internal import JSONEvents

/// Feeds an asset's skeleton to yajl, run by run; works on assets of any size.
struct SkeletonWalker: ~Copyable {
  private let kernel: ScanKernel
  private let reader: AssetReader
  private var parser: JSONPushParser<AssetReader>
  private var state = ScanState()
  /// The depth at which the container that is being jumped over is closed.
  private var skipTarget: Int?

  init(reader: AssetReader, kernel: ScanKernel, maxDepth: Int) {
    self.reader = reader
    self.kernel = kernel
    parser = JSONPushParser(reader, maxDepth: maxDepth, allowsMultipleValues: true)
  }

  /// Reads the next bytes of the asset.
  ///
  /// - Parameters:
  ///   - bytes: What follows the bytes before.
  ///   - offset: Where they stand in the input.
  ///   - map: That of the block they are in, if there is one.
  /// - Throws: When the skeleton is no JSON; the walker is then of no more use.
  mutating func consume(_ bytes: Span<UInt8>, at offset: Int, map: ScanMap? = nil) throws(JSONRejection) {
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
      }
    }
    if fed < bytes.count { try parser.feed(bytes.extracting(fed..<bytes.count), at: offset + fed) }
  }

  /// Ends the asset, whose last byte has been consumed.
  ///
  /// - Returns: What was read of it; nil if it is not complete.
  mutating func finish() -> AssetFacts? {
    state = ScanState()
    guard (try? parser.endOfInput()) != nil, reader.isComplete else { return nil }
    return reader.take()
  }
}
