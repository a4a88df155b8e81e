// Rows go in, the bytes of a part come out. One encoder serves one open part at a time and the next part
// after it, because making a zstd context costs more than compressing a small part.

public import Pipeline

/// Compresses one part after another.
///
/// The bytes of a part depend only on its raw bytes, the format, level and window, and the raw positions
/// of the checkpoints: not on how writes are cut, on the workers, or on the parts before it.
///
/// After an error, the sink's own included, the part is lost; `begin()` starts afresh.
public final class PartEncoder {
  /// What the encoder was made with.
  public let options: CompressionOptions
  private let coder: any PartCoder
  private var isOpen = false

  /// How many raw bytes were written to the current part.
  public private(set) var rawBytes = 0
  /// How many compressed bytes the current part's sink was given.
  public private(set) var compressedBytes = 0

  /// Makes the compression context that all parts will use.
  ///
  /// - Parameters:
  ///   - options: Format, level, window and workers.
  ///   - threads: Where the threads of libzstd are counted, nil for nowhere. Whoever writes must have entered
  ///     there, and stands back while there are too many.
  /// - Throws: `CompressionError` when an option is out of range or memory is short.
  public init(_ options: CompressionOptions, threads: ThreadLimit? = nil) throws(CompressionError) {
    self.options = options
    switch options.format {
    case .zstd: coder = try ZstdPartCoder(options, threads)
    case .gzip: coder = try GzipPartCoder(options)
    case .none: coder = PlainPartCoder()
    }
  }

  /// Starts a part; what was not finished before is dropped.
  public func begin() {
    coder.reset()
    rawBytes = 0
    compressedBytes = 0
    isOpen = true
  }

  /// Compresses bytes, handing on what comes out meanwhile.
  ///
  /// - Parameters:
  ///   - bytes: Rows or pieces of rows, as many as are at hand.
  ///   - sink: Takes compressed bytes, in order; they are valid only during the call.
  /// - Throws: `CompressionError`, or what `sink` throws.
  public func write(_ bytes: Span<UInt8>, to sink: (Span<UInt8>) throws -> Void) throws {
    precondition(isOpen, "write without begin")
    rawBytes += bytes.count
    try coder.write(bytes) { try pass($0, to: sink) }
  }

  /// Waits until no thread of the encoder works, which leaves no trace in the bytes.
  ///
  /// For a writer that has no more bytes for now: its threads are counted only while it writes.
  ///
  /// - Parameter sink: Takes compressed bytes.
  /// - Throws: `CompressionError`, or what `sink` throws.
  public func settle(to sink: (Span<UInt8>) throws -> Void) throws {
    precondition(isOpen, "settle without begin")
    try coder.settle { try pass($0, to: sink) }
  }

  /// How many threads of libzstd work for the encoder or are about to.
  package var activeJobs: Int { coder.activeJobs }

  /// Flushes all that was written, so that the part's size so far is known.
  ///
  /// It ends a block, which costs ratio and waits for the workers: every few megabytes is often enough.
  ///
  /// - Parameter sink: Takes compressed bytes.
  /// - Returns: How many compressed bytes the part has so far.
  /// - Throws: `CompressionError`, or what `sink` throws.
  public func checkpoint(to sink: (Span<UInt8>) throws -> Void) throws -> Int {
    precondition(isOpen, "checkpoint without begin")
    // Flushing before the first byte would start the stream in another mode.
    if rawBytes > 0 { try coder.flush { try pass($0, to: sink) } }
    return compressedBytes
  }

  /// Ends the part.
  ///
  /// - Parameter sink: Takes the last compressed bytes.
  /// - Throws: `CompressionError`, or what `sink` throws.
  public func finish(to sink: (Span<UInt8>) throws -> Void) throws {
    precondition(isOpen, "finish without begin")
    try coder.finish { try pass($0, to: sink) }
    isOpen = false
  }

  /// How many bytes zstd has allocated for the encoder; 0 for other formats.
  ///
  /// To be asked for between parts only: libzstd's threads change it meanwhile.
  public var allocatedMemory: Int { coder.allocatedMemory }

  /// An upper bound for the memory one encoder takes, whatever the data.
  ///
  /// Of zstd's buffers only the pages that were written to are resident, so that compressible rows take
  /// about half of it.
  ///
  /// - Parameter options: Format, level, window and workers.
  /// - Returns: Bytes.
  public static func estimatedMemory(_ options: CompressionOptions) -> Int {
    switch options.format {
    case .zstd: ZstdSettings(options).estimatedMemory(workers: options.workers)
    case .gzip: GzipPartCoder.memory
    case .none: 0
    }
  }

  private func pass(_ bytes: Span<UInt8>, to sink: (Span<UInt8>) throws -> Void) throws {
    guard !bytes.isEmpty else { return }
    try sink(bytes)
    compressedBytes += bytes.count
  }
}

/// What one format has to be able to do.
protocol PartCoder: AnyObject {
  func reset()
  func write(_ bytes: Span<UInt8>, _ sink: (Span<UInt8>) throws -> Void) throws
  /// Waits until no thread of the coder works.
  func settle(_ sink: (Span<UInt8>) throws -> Void) throws
  func flush(_ sink: (Span<UInt8>) throws -> Void) throws
  func finish(_ sink: (Span<UInt8>) throws -> Void) throws
  var activeJobs: Int { get }
  var allocatedMemory: Int { get }
}

/// Passes rows through.
final class PlainPartCoder: PartCoder {
  func reset() {}
  func write(_ bytes: Span<UInt8>, _ sink: (Span<UInt8>) throws -> Void) throws { try sink(bytes) }
  func flush(_ sink: (Span<UInt8>) throws -> Void) throws {}
  func finish(_ sink: (Span<UInt8>) throws -> Void) throws {}
}

extension PartCoder {
  func settle(_ sink: (Span<UInt8>) throws -> Void) throws {}
  var activeJobs: Int { 0 }
  var allocatedMemory: Int { 0 }
}
