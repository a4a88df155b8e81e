// What stands between a run and where an export lies. A file and a pipe are two conformances; what is reached over a
// network is one more, with its own identity, its own way to notice a change, and errors of its own.

internal import Compression
internal import Hashing
internal import Storage

/// The stored bytes of one input, opened.
///
/// Its methods throw `StorageError`, or what is `RunErrorConvertible`: a source knows best how its failures are told.
protocol ByteSource: AnyObject {
  /// The length, if it is known before all has been read.
  var size: Int? { get }

  /// The bytes: read anywhere by any worker if possible, else from front to back.
  var bytes: DataInput.Bytes { get }

  /// The first bytes, which are read again later; fewer than `count` only where there are no more.
  func peek(_ count: Int) throws -> [UInt8]

  /// Whether it is no longer what it was when it was opened; what cannot change has not.
  func hasChanged() throws -> Bool

  /// What identifies the bytes. Of what is read from front to back, all must have been read.
  func edges() throws -> SourceEdges
}

/// The length and both ends of an input: enough to tell exports apart without reading them again.
struct SourceEdges {
  /// How long each end is, at most.
  static let length = 64 << 10

  /// The length of the input.
  var size: Int
  /// Its first 64 KiB.
  var first: [UInt8]
  /// Its last 64 KiB.
  var last: [UInt8]

  /// The SHA-256 of both ends and the length in 64 bits, little-endian.
  var fingerprint: String {
    var hash = SHA256()
    hash.update(first.span)
    hash.update(last.span)
    var number = UInt64(size).littleEndian
    unsafe withUnsafeBytes(of: &number) { unsafe hash.update($0) }
    return Digest.hexadecimal(hash.finalize())
  }
}

extension ByteSource {
  /// Tells the container by the first bytes.
  func detectContainer() throws -> Container {
    let prefix = try peek(Container.detectionLength)
    return Container.detect(prefix.span)
  }

  /// The bytes from front to back.
  var stream: any ByteStream {
    switch bytes {
    case .random(let source): return SequentialReader(source)
    case .stream(let stream): return stream
    }
  }

  /// The hash of the ends and the length, of what is still what was opened: of a file that is being written, what was
  /// read would be taken for complete.
  ///
  /// - Throws: `InputChanged`, what reading throws.
  func fingerprint() throws -> (fingerprint: String, bytes: Int) {
    guard try !hasChanged() else { throw InputChanged() }
    let ends = try edges()
    return (ends.fingerprint, ends.size)
  }
}
