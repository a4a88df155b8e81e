// A bound on what an input may become. A few megabytes of gzip can be a terabyte of white space: nothing of
// it would be held, but reading it takes an hour, so whoever takes exports from strangers sets a limit.

internal import Storage

/// How many bytes one input may still have, all entries of an archive together.
final class InputAllowance {
  private let name: InputName
  private let limit: Int
  private var taken = 0

  /// Allows `limit` bytes, or any number.
  init(_ name: InputName, limit: Int?) {
    self.name = name
    self.limit = limit ?? .max
  }

  /// Counts `count` more decompressed bytes.
  ///
  /// - Throws: `RunError` once there are too many.
  func take(_ count: Int) throws {
    taken += count
    try check(taken)
  }

  /// Refuses `count` bytes if an input may not have as many.
  func check(_ count: Int) throws {
    if count > limit {
      throw RunError(
        .inputTooBig, "\(name): more than \(limit) bytes, the most that an input may have",
        hint: "Raise `maxInputSize` if you trust where the input comes from.")
    }
  }
}

/// A stream that may give only so many bytes.
final class LimitedStream: ByteStream {
  private let base: any ByteStream
  private let allowance: InputAllowance

  /// Reads `base` as far as `allowance` goes.
  init(_ base: any ByteStream, _ allowance: InputAllowance) {
    self.base = base
    self.allowance = allowance
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try unsafe base.read(into: buffer)
    try allowance.take(count)
    return count
  }
}
