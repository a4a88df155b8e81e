// The data of one ZIP entry, stored or deflated, with its sum and lengths counted along. Whether they are
// right is for the caller to say, who knows where the archive keeps the truth.

internal import Storage

/// Decodes one entry's data from a buffer that may hold more than that.
final class ZipEntryReader {
  private let input: InputBuffer
  private let inflater: Inflater?
  private let name: String
  /// Compressed bytes still to come; nil where only the data tell.
  private var left: Int?
  private(set) var isAtEnd = false
  private(set) var crc = CRC32()
  private(set) var size = 0
  private(set) var compressedSize = 0

  /// Starts at the first byte of the data in `input`.
  ///
  /// - Parameters:
  ///   - input: The archive; bytes behind the entry stay in it.
  ///   - inflater: For raw deflate and fresh or reset; nil for a stored entry.
  ///   - compressedSize: How long the data are; may be nil only with an inflater.
  ///   - name: The entry's name, for errors.
  init(_ input: InputBuffer, inflater: Inflater?, compressedSize: Int?, name: String) {
    self.input = input
    self.inflater = inflater
    self.left = compressedSize
    self.name = name
  }

  /// Whether there is a decoder for `method`.
  static func supports(_ method: UInt16) -> Bool { method == 0 || method == 8 }

  /// Decodes the next bytes; 0 only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while !isAtEnd {
      let produced = try unsafe step(into: buffer)
      if produced > 0 {
        // `step` has just written them.
        unsafe crc.update(UnsafeRawBufferPointer(rebasing: buffer[..<produced]))
        size += produced
        return produced
      }
    }
    return 0
  }

  private func step(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if inflater == nil, left == 0 {
      isAtEnd = true
      return 0
    }
    let hasInput = try left == 0 || input.fill()
    let count = min(input.available, left ?? .max)
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: input.bytes[..<count])
    guard let inflater else {
      guard hasInput else { throw fail(.truncated) }
      let copied = min(count, buffer.count)
      unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<copied]))
      take(copied)
      return copied
    }
    let (consumed, produced, outcome) = unsafe inflater.inflate(bytes, into: buffer)
    take(consumed)
    switch outcome {
    case .more where produced == 0 && consumed == 0:
      if !hasInput { throw fail(.truncated) }
      if left == 0 { throw fail(.corrupt, "its data do not end where they should") }
    case .more: break
    case .end:
      if let left, left > 0 { throw fail(.corrupt, "its data end before they should") }
      isAtEnd = true
    case .failure(let message):
      if produced == 0 { throw fail(.corrupt, message) }
    }
    return produced
  }

  private func take(_ count: Int) {
    input.consume(count)
    compressedSize += count
    left? -= count
  }

  private func fail(_ code: CompressionError.Code, _ detail: String = "") -> CompressionError {
    zipError(code, name, at: input.offset, detail: detail)
  }
}
