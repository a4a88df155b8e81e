// gzip as gzip reads it: members in a row are one stream, zero padding after the last is nothing. Unlike
// gzip, other bytes after the last member are an error, since they may be a member that was damaged.

public import Storage

/// The decompressed bytes of a gzip stream.
public final class GzipDecoder: ByteStream {
  private enum State { case member, betweenMembers, padding, end }

  private let input: InputBuffer
  private let inflater: Inflater
  private var state = State.member
  private var failure: CompressionError?
  private let isOneMember: Bool

  /// Decodes `source`, which starts with a member.
  ///
  /// - Parameters:
  ///   - source: The compressed bytes.
  ///   - isOneMember: Whether anything behind the first member is an error, padding too.
  /// - Throws: `CompressionError` when there is no memory.
  public init(_ source: any ByteStream, isOneMember: Bool = false) throws(CompressionError) {
    self.isOneMember = isOneMember
    input = InputBuffer(source)
    inflater = try Inflater(windowBits: 15 + 16, container: .gzip)
  }

  /// How many compressed bytes were taken so far.
  public var compressedOffset: Int { input.offset }

  /// Reads the next decompressed bytes, waiting until there is at least one.
  ///
  /// - Parameter buffer: Where the bytes go; not empty.
  /// - Returns: How many bytes were read, 0 only at the end.
  /// - Throws: `CompressionError`, or what the source throws.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if let failure { throw failure }
    while true {
      switch state {
      case .end: return 0
      case .betweenMembers, .padding: try startNextMember()
      case .member:
        let produced = try unsafe readMember(into: buffer)
        if produced > 0 { return produced }
      }
    }
  }

  /// One call of inflate; may produce nothing.
  private func readMember(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let hasInput = try input.fill()
    let (consumed, produced, outcome) = unsafe inflater.inflate(input.bytes, into: buffer)
    input.consume(consumed)
    switch outcome {
    case .more:
      if !hasInput, produced == 0 { throw fail(.truncated) }
    case .end:
      state = .betweenMembers
    case .failure(let message):
      let isSum = message == "incorrect data check" || message == "incorrect length check"
      let error = fail(isSum ? .checksumMismatch : .corrupt, isSum ? "" : message)
      // What inflated well before the fault is handed out first.
      if produced == 0 { throw error }
    }
    return produced
  }

  private func startNextMember() throws {
    while try input.fill() {
      if isOneMember {
        throw fail(.corrupt, "more than one member")
      } else if input[0] == 0 {
        state = .padding
        input.consume(1)
      } else if state == .betweenMembers, input[0] == 0x1F {
        inflater.reset()
        state = .member
        return
      } else {
        throw fail(.corrupt, "garbage after the last member")
      }
    }
    state = .end
  }

  private func fail(_ code: CompressionError.Code, _ detail: String = "") -> CompressionError {
    let error = CompressionError(code, container: .gzip, offset: input.offset, detail: detail)
    failure = error
    return error
  }
}
