// SHA-256 as the manifest writes it, and a sink that sums what passes through.

internal import Hashing
package import Storage
internal import Synchronization

/// Sums as text.
enum Digest {
  /// The SHA-256 of `bytes` in 64 lower-case digits.
  static func sha256(_ bytes: some Collection<UInt8>) -> String {
    hexadecimal(SHA256.hash(Array(bytes).span))
  }

  /// Two lower-case digits a byte.
  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// The sum of bytes as they come, and how many there were.
struct RunningSum {
  private var hash = SHA256()
  private(set) var count = 0

  /// Their SHA-256, in 64 lower-case digits.
  var sha256: String { Digest.hexadecimal(hash.finalize()) }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    unsafe hash.update(bytes)
    count += bytes.count
  }
}

/// Passes bytes on and knows how many there were and their SHA-256.
///
/// The manifest needs the sum of the stored bytes: summing them on their way saves reading them again.
package final class HashingSink: ByteSink {
  private let target: any ByteSink
  private let sum = Mutex(RunningSum())

  /// Passes bytes on to `target`.
  package init(_ target: any ByteSink) { self.target = target }

  /// How many bytes have passed.
  package var count: Int { sum.withLock { $0.count } }

  /// The SHA-256 of what has passed, in 64 lower-case digits.
  package var sha256: String { sum.withLock { $0.sha256 } }

  /// Appends all of `bytes` to the target and sums them once it has taken them.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    try unsafe target.append(bytes)
    sum.withLock { unsafe $0.add(bytes) }
  }
}
