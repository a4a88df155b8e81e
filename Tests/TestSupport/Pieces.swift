// Texts that come in pieces, as every reader of bytes in this package has to take them.

extension Array<UInt8> {
  /// Visits the pieces that `cuts` make of it, each with its offset.
  ///
  /// - Parameters:
  ///   - cuts: Where pieces end, ascending; the last one ends with the array.
  ///   - body: Takes a piece.
  /// - Throws: What `body` throws.
  package func forEachPiece<Failure: Error>(
    cutAt cuts: [Int], _ body: (Span<UInt8>, Int) throws(Failure) -> Void
  ) throws(Failure) {
    var start = 0
    for end in cuts + [count] {
      try body(span.extracting(start..<end), start)
      start = end
    }
  }
}
