// Streams with bytes before them: what was read to tell a container apart is read again by its decoder.

public import Storage

/// A stream that gives some bytes first and then those of another stream.
public final class PrefixedStream: ByteStream {
  private let prefix: [UInt8]
  private var position = 0
  private let rest: any ByteStream

  /// Puts `prefix` before `rest`.
  public init(_ prefix: [UInt8], _ rest: any ByteStream) {
    self.prefix = prefix
    self.rest = rest
  }

  /// Reads the next bytes, waiting until there is at least one.
  ///
  /// - Parameter buffer: Where the bytes go; not empty.
  /// - Returns: How many bytes were read, 0 only at the end.
  /// - Throws: Whatever the source throws.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard position < prefix.count else { return try unsafe rest.read(into: buffer) }
    let count = min(buffer.count, prefix.count - position)
    unsafe buffer.copyBytes(from: prefix[position..<position + count])
    position += count
    return count
  }
}

/// A stream whose next bytes can be looked at before they are read.
public final class PeekedStream: ByteStream {
  private let source: any ByteStream
  private var held: [UInt8] = []
  private var position = 0
  private var isAtEnd = false

  /// Wraps `source`, reading nothing yet.
  public init(_ source: any ByteStream) { self.source = source }

  /// Looks at the next bytes without taking them.
  ///
  /// - Parameter count: How many are wanted; so many are kept in memory.
  /// - Returns: The next bytes, fewer than `count` only if the stream ends before.
  /// - Throws: Whatever the source throws.
  public func peek(_ count: Int) throws -> [UInt8] {
    while held.count - position < count, !isAtEnd {
      // The buffer lives for the closure, and only the bytes that were read are kept.
      let more = try unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { room in
        let missing = count - (held.count - position)
        let read = try unsafe source.read(into: .init(rebasing: room[..<missing]))
        return unsafe [UInt8](room[..<read])
      }
      isAtEnd = more.isEmpty
      held += more
    }
    return [UInt8](held[position..<min(position + count, held.count)])
  }

  /// Reads the next bytes, waiting until there is at least one.
  ///
  /// - Parameter buffer: Where the bytes go; not empty.
  /// - Returns: How many bytes were read, 0 only at the end.
  /// - Throws: Whatever the source throws.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard position < held.count else {
      return isAtEnd ? 0 : try unsafe source.read(into: buffer)
    }
    let count = min(buffer.count, held.count - position)
    unsafe buffer.copyBytes(from: held[position..<position + count])
    position += count
    if position == held.count {
      held = []
      position = 0
    }
    return count
  }
}
