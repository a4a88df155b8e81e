// Where a worker puts what it makes of rows: an arena, or where an element is too big to be held, straight on
// to the partitions.

internal import ByteScan
internal import Sharding

/// Takes bytes of rows.
final class RowBuffer {
  private let kernel: ScanKernel
  private let pool: BlockPool
  private var arena: Arena
  /// Takes the bytes as they come, where they are not collected.
  private let drain: ((Span<UInt8>) throws -> Void)?
  private var minifier: Minifier
  /// How many bytes have been taken.
  private(set) var count = 0

  /// Collects in `arena`.
  init(_ arena: Arena, pool: BlockPool, kernel: ScanKernel) {
    self.arena = arena
    self.pool = pool
    self.kernel = kernel
    minifier = Minifier(kernel: kernel)
    drain = nil
  }

  /// Hands the bytes on as they come.
  init(pool: BlockPool, kernel: ScanKernel, drain: @escaping (Span<UInt8>) throws -> Void) {
    arena = Arena(pool)
    self.pool = pool
    self.kernel = kernel
    minifier = Minifier(kernel: kernel)
    self.drain = drain
  }

  /// Where the next byte goes in the arena.
  var position: Arena.Position { arena.position }

  /// Appends the bytes at `range` without their white space.
  func append(_ range: Range<Int>, of source: any ElementBytes) throws {
    try source.visit(range) { bytes, _ in try appendMinified(bytes) }
  }

  /// Appends text, bytes of the input without their white space, and text.
  func append(_ head: Span<UInt8>, _ body: Span<UInt8>, _ tail: Span<UInt8>) throws {
    let room = head.count + body.count + tail.count
    if room > pool.blockSize {
      try append(head)
      try appendMinified(body)
      return try append(tail)
    }
    unsafe arena.append(upTo: room) { destination in
      // The room is as big as all three, each of which goes behind what was written before.
      unsafe head.withUnsafeBytes { unsafe destination.copyMemory(from: $0) }
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: destination[head.count...])
      let end = unsafe head.count + minifier.append(body, to: rest)
      let last = unsafe UnsafeMutableRawBufferPointer(rebasing: destination[end...])
      unsafe tail.withUnsafeBytes { unsafe last.copyMemory(from: $0) }
      count += end + tail.count
      return end + tail.count
    }
    try flush()
  }

  private func appendMinified(_ bytes: Span<UInt8>) throws {
    unsafe arena.append(upTo: bytes.count) { destination in
      let written = unsafe minifier.append(bytes, to: destination)
      count += written
      return written
    }
    try flush()
  }

  /// Appends bytes as they are.
  func append(_ bytes: Span<UInt8>) throws {
    var start = 0
    while start < bytes.count {
      let part = bytes.extracting(start..<min(bytes.count, start + pool.blockSize))
      unsafe arena.append(upTo: part.count) { destination in
        // The room is as big as the part, and elsewhere.
        unsafe part.withUnsafeBytes { unsafe destination.copyMemory(from: $0) }
        return part.count
      }
      start += part.count
    }
    count += bytes.count
    try flush()
  }

  private func flush() throws {
    guard let drain else { return }
    try arena.forEachRun(from: .start, to: arena.position, drain)
    arena = Arena(pool)
  }
}
