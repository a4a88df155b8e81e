// Reads a slice of an annotation list by the scanner, as far as it is sure, wherever the slice's bytes are.
//
// The bytes lie in blocks. An annotation that is cut between two of them is put together first, unless it is long:
// then a parser reads the list from there on, as it does from a doubt on.

internal import ByteScan

/// From where on a parser has to read a slice.
struct SliceRemainder {
  var offset: Int
  /// Whether no element stands before it.
  var isFirst: Bool
  /// Whether a comma does.
  var followsComma: Bool

  /// What stands before it for a parser that starts there.
  func opening(in slice: ListSlice) -> [UInt8] {
    self.slice(of: slice).opening + (followsComma ? [UInt8(ascii: ",")] : [])
  }

  /// The rest as a slice.
  func slice(of slice: ListSlice) -> ListSlice {
    var rest = slice
    rest.range = offset..<slice.range.upperBound
    rest.isFirst = isFirst
    return rest
  }
}

/// Reads one slice, piece by piece.
struct SliceScanner<Details: AnnotationDetails> {
  typealias Scanner = AnnotationScanner<Details>

  private let end: Int
  private let kernel: ScanKernel
  private var expected: Scanner.Expected
  /// The start of an annotation that goes on behind the last piece, and where it is.
  private var carry: [UInt8] = []
  private var carryStart = 0
  private var carryState = ScanState()
  /// From where on nothing more is scanned.
  private var rest: SliceRemainder?

  /// Starts before a slice.
  init(_ slice: borrowing ListSlice, kernel: ScanKernel, maxDepth: Int) {
    end = slice.range.upperBound
    self.kernel = kernel
    expected = slice.isFirst ? .elementOrEnd : .comma
    // A parser opens an element and the containers in it; how deep they are it asks there.
    if slice.place.depth + 2 > maxDepth { rest = self.rest(from: slice.range.lowerBound) }
  }

  /// The longest annotation that is put together.
  private static var longest: Int { 4 << 20 }

  /// Reads the next piece.
  ///
  /// - Parameters:
  ///   - bytes: What follows the bytes before.
  ///   - offset: Where they stand in the input.
  ///   - scanner: Reads them.
  ///   - take: Told of each annotation, which the scanner has read last.
  /// - Throws: What `take` throws.
  mutating func scan(
    _ bytes: Span<UInt8>, at offset: Int, with scanner: inout Scanner,
    _ take: (inout Scanner, Range<Int>) throws -> Void
  ) throws {
    if rest != nil { return }
    var index = 0
    if !carry.isEmpty {
      let close = kernel.skip(toDepth: 0, in: bytes, from: 0, state: &carryState)
      index = close.map { $0 + 1 } ?? bytes.count
      if carry.count + index > Self.longest { return rest = self.rest(from: carryStart) }
      carry.append(bytes.extracting(0..<index))
      if close == nil { return }
      var whole: [UInt8] = []
      swap(&whole, &carry)
      let cut = try readAll(of: whole.span, from: 0, at: carryStart, &scanner, take)
      if cut != nil { rest = self.rest(from: carryStart) }
      if rest != nil { return }
    }
    guard let cut = try readAll(of: bytes, from: index, at: offset, &scanner, take) else { return }
    carryStart = cut
    carry = [UInt8](bytes.extracting(cut - offset..<bytes.count))
    carryState = ScanState()
    _ = kernel.skip(toDepth: 0, in: bytes, from: cut - offset, state: &carryState)
  }

  /// Reads what is whole, up to a doubt.
  ///
  /// - Returns: Where an annotation starts that is not; nil if there is none.
  private mutating func readAll(
    of bytes: Span<UInt8>, from start: Int, at offset: Int, _ scanner: inout Scanner,
    _ take: (inout Scanner, Range<Int>) throws -> Void
  ) throws -> Int? {
    // Nothing is kept of the pointer, and every index is compared with the count before it is read at.
    try unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      var cursor = unsafe TokenCursor(base: base, count: buffer.count, index: start, offset: offset)
      while true {
        switch scanner.next(&cursor, bytes, &expected) {
        case .annotation(let range): try take(&scanner, range)
        case .end: return nil
        case .cut(let place): return place
        case .doubt(let place):
          rest = self.rest(from: place)
          return nil
        }
      }
    }
  }

  /// Ends the slice.
  ///
  /// - Returns: From where on a parser has to read it; nil if all has been read.
  func finish() -> SliceRemainder? {
    if let rest { return rest }
    if !carry.isEmpty { return rest(from: carryStart) }
    // A comma behind which nothing comes.
    return expected == .element ? rest(from: end) : nil
  }

  private func rest(from offset: Int) -> SliceRemainder {
    SliceRemainder(offset: offset, isFirst: expected == .elementOrEnd, followsComma: expected == .element)
  }
}
