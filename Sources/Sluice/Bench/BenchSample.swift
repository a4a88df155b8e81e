// The first bytes of an input in memory, and what is measured over them: each step of a run alone, without
// reading. The sample is longer than zstd's window, so that going over it again and again compresses no
// better than a longer input would.

internal import Storage
internal import ByteScan
internal import Compression
internal import JSONEvents
internal import Pipeline
internal import Sharding

/// The first bytes of an input.
struct BenchSample: Sendable {
  /// How many bytes are taken at most.
  static let length = 32 << 20
  /// Shorter samples are compressed from their start each time: zstd would find the last round in its window.
  private static let leastToGoOn = 16 << 20
  private static let piece = 1 << 20
  /// More than one asset may follow the other, and a byte order mark may stand before all.
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The bytes, without a byte order mark.
  private let raw: Block
  /// The same without white space outside strings, as rows are.
  private let minified: Block
  /// The state in which each piece starts.
  private let states: [ScanState]
  private let kernel: ScanKernel

  /// How many bytes of the input there are.
  var count: Int { raw.count }

  /// Reads the first bytes that `read` has.
  ///
  /// - Parameters:
  ///   - kernel: The scan kernel.
  ///   - read: Fills a buffer from its start and says how far.
  /// - Throws: What `read` throws.
  init(_ kernel: ScanKernel, _ read: (UnsafeMutableRawBufferPointer) throws -> Int) throws {
    let block = try unsafe Block(from: BlockPool(blockSize: Self.length), offset: 0, fill: read)
    let isMarked = block.withBytes { bytes in
      bytes.count >= 3 && (0..<3).allSatisfy { bytes[$0] == Self.mark[$0] }
    }
    let raw = block.part((isMarked ? 3 : 0)..<block.count)
    var states: [ScanState] = []
    var state = ScanState()
    minified = try unsafe Block(from: BlockPool(blockSize: max(1, raw.count)), offset: 0) { buffer in
      var written = 0
      for piece in Self.pieces(of: raw.count) {
        states.append(state)
        raw.withBytes(piece) { bytes in
          let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[written...])
          written += unsafe kernel.minify(bytes, into: rest, state: &state).written
        }
      }
      return written
    }
    self.raw = raw
    self.states = states
    self.kernel = kernel
  }

  private static func pieces(of count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: piece).map { $0..<min(count, $0 + piece) }
  }

  // MARK: Steps

  /// Finds the strings and brackets.
  func scan(_ workers: Int, _ clock: BenchClock) throws -> BenchTally {
    let pieces = Self.pieces(of: raw.count)
    var tally = try BenchSum.measure(pieces.count, workers, clock, with: {}) { _, index in
      raw.withBytes(pieces[index]) { _ = kernel.summarize($0, startsEscaped: states[index].escaped) }
      return (pieces[index].count, 0)
    }
    tally.outputBytes = nil
    return tally
  }

  /// Has yajl say whether it is JSON, on one thread; what it refuses ends the sample.
  func parse(_ clock: BenchClock, maxDepth: Int) -> BenchTally {
    var tally = BenchTally()
    var end = raw.count
    repeat {
      var validator = JSONValidator(maxDepth: maxDepth, allowsMultipleValues: true)
      do throws(JSONRejection) {
        for piece in Self.pieces(of: end) where !clock.isOver || tally.bytes == 0 {
          try raw.withBytes(piece) { bytes throws(JSONRejection) in
            try validator.feed(bytes, at: piece.lowerBound)
          }
          tally.bytes += piece.count
        }
      } catch {
        // Only what the run would not look at can be wrong: the run itself has been through here.
        end = min(end - 1, error.offset)
      }
    } while end > 0 && !clock.isOver
    tally.seconds = clock.elapsed
    return tally
  }

  /// Takes the white space out.
  func minify(_ workers: Int, _ clock: BenchClock) throws -> BenchTally {
    let pieces = Self.pieces(of: raw.count)
    let make = { @Sendable in BlockPool(blockSize: Self.piece) }
    return try BenchSum.measure(pieces.count, workers, clock, with: make) { pool, index in
      var state = states[index]
      let row = try unsafe Block(from: pool, offset: 0) { buffer in
        raw.withBytes(pieces[index]) { unsafe kernel.minify($0, into: buffer, state: &state).written }
      }
      return (pieces[index].count, row.count)
    }
  }

  /// Compresses the rows that it would be if all of it were kept.
  func compress(_ options: CompressionOptions, _ workers: Int, _ clock: BenchClock) throws -> BenchTally {
    var options = options
    options.workers = workers
    let threads = ThreadLimit(workers, processors: CurrentProcess.runnableProcessors)
    let encoder = try PartEncoder(options, threads: threads)
    threads.enter()
    defer { threads.leave() }
    let pieces = Self.pieces(of: minified.count)
    var rows = 0
    var output = 0
    encoder.begin()
    repeat {
      for piece in pieces where !clock.isOver || rows == 0 {
        try minified.withBytes(piece) { try encoder.write($0) { output += $0.count } }
        rows += piece.count
      }
      if minified.count < Self.leastToGoOn || clock.isOver {
        try encoder.finish { output += $0.count }
        encoder.begin()
      }
    } while !clock.isOver
    // Rates are of the input everywhere, with its white space.
    let bytes = minified.count > 0 ? Int(Double(rows) * Double(raw.count) / Double(minified.count)) : 0
    return BenchTally(bytes: bytes, outputBytes: output, seconds: clock.elapsed)
  }
}
