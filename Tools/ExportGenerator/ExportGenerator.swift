// Exports to test and to measure with. No real customer export is public; these have the shape, the sizes and the
// oddities of real ones as far as they are known, and come with the truth about what is in them.

/// Makes exports from a seed.
public struct ExportGenerator: Sendable {
  /// What to make.
  public let options: ExportOptions

  /// Gets ready to make an export.
  public init(_ options: ExportOptions) { self.options = options }

  /// Writes the export piece by piece; however big it is, memory stays at about `chunkSize`.
  ///
  /// - Parameters:
  ///   - chunkSize: The size of a piece; the last one, and pieces where a value didn't fit, are smaller.
  ///   - sink: Takes each piece.
  /// - Returns: What the export holds.
  /// - Throws: Whatever `sink` throws.
  @discardableResult
  public func generate(
    chunkSize: Int = 1 << 20, into sink: (Span<UInt8>) throws -> Void
  ) throws -> ExportTruth {
    try withoutActuallyEscaping(sink) { sink in
      var composer = Composer(options, chunkSize: chunkSize, sink: sink)
      try composer.run()
      return composer.tally.truth(
        bytes: composer.out.bytes, minifiedBytes: composer.out.minifiedBytes)
    }
  }

  /// Writes a small export into memory.
  ///
  /// - Returns: The export's bytes and what they hold.
  public func bytes() -> (bytes: [UInt8], truth: ExportTruth) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(options.size * 9 / 8)
    do {
      let truth = try generate { piece in
        for index in piece.indices { bytes.append(piece[index]) }
      }
      return (bytes, truth)
    } catch {
      preconditionFailure("an array takes every byte: \(error)")
    }
  }
}
