// What comes after a malformed element: how far it reaches, and where reading goes on. Rare, so it reads
// mostly byte by byte; both engines use it, so they cannot differ.
//
//     array      an element whose strings and brackets balance is one reject, and reading goes on behind it;
//                otherwise the rest of the input is lost
//     sequence   reading goes on at the next line that starts with "{" or "[", from the fault on

internal import JSONEvents
internal import Sharding

/// How reading goes on.
enum Resumption: Sendable {
  /// At this offset, in this gap.
  case at(Int, Gap)
  /// Not at all: the rest of the input is lost.
  case lost

  /// The gap in which reading goes on.
  var gap: Gap? {
    if case .at(_, let gap) = self { gap } else { nil }
  }
}

/// Walks over a malformed element.
struct Recovery {
  let framing: Framing

  /// Finds the end of a malformed element.
  ///
  /// - Parameters:
  ///   - cursor: At the element's first byte.
  ///   - fault: What is wrong with it.
  /// - Returns: Where reading goes on.
  /// - Throws: What reading throws.
  func resume<Cursor: ByteCursor>(_ cursor: inout Cursor, fault: ElementFault) throws -> Resumption {
    if let end = fault.end {
      try cursor.skip(to: end)
      return .at(end, .after(framing))
    }
    return switch framing {
    case .array:
      try Self.skipBalanced(&cursor) ? .at(cursor.offset, .afterElement) : .lost
    case .sequence:
      try Self.skipToLine(&cursor, from: fault.offset) ? .at(cursor.offset, .sequence) : .lost
    }
  }

  /// Whether what follows a malformed element is kept if it is left out.
  ///
  /// - Parameters:
  ///   - cursor: At the first byte of the element, which is held as its brackets have it.
  ///   - fault: What is wrong with it.
  /// - Returns: Whether reading can go on behind it.
  /// - Throws: What reading throws.
  func keepsRest<Cursor: ByteCursor>(_ cursor: inout Cursor, fault: ElementFault) throws -> Bool {
    // Between records reading always goes on, line by line.
    try framing == .sequence || resume(&cursor, fault: fault).gap != nil
  }

  /// Whether reading goes on behind a malformed element just where it would have gone on anyway: where its
  /// brackets close, and in a sequence at the next element, if that starts a line.
  ///
  /// - Parameters:
  ///   - extent: The element as its brackets have it.
  ///   - fault: What is wrong with it.
  /// - Returns: False also where the block ends before it can be told.
  /// - Throws: What reading throws.
  /// - Complexity: Linear in the element and the white space behind it.
  func endsWhereFramed(_ extent: Extent, fault: ElementFault) throws -> Bool {
    if fault.end != nil { return true }
    guard let last = extent.segments.last else { return false }
    var reach = extent
    if framing == .sequence {
      let upper = last.block.withBytes { bytes in
        var index = last.range.upperBound
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
        return index
      }
      if upper == last.block.count { return false }
      reach.append(Segment(last.block, last.range.upperBound..<upper + 1))
    }
    var cursor = ExtentCursor(reach)
    guard case .at(let offset, _) = try resume(&cursor, fault: fault) else { return false }
    return framing == .array ? offset == extent.end : offset >= extent.end
  }

  /// Moves behind one element by its strings and brackets alone.
  ///
  /// - Returns: Whether they balance, `[` with `]` and `{` with `}`.
  private static func skipBalanced<Cursor: ByteCursor>(_ cursor: inout Cursor) throws -> Bool {
    var balance = Balance()
    while balance.verdict == nil, try cursor.scan({ balance.consume($0) }) {}
    return balance.verdict ?? balance.mayEnd
  }

  /// Moves to the first line at or behind `fault` that starts with `{` or `[`.
  private static func skipToLine<Cursor: ByteCursor>(_ cursor: inout Cursor, from fault: Int) throws -> Bool {
    // The line may start at the fault, but not where the element does.
    try cursor.skip(to: max(fault, cursor.offset + 1) - 1)
    var start = LineStart()
    while let byte = try cursor.peek() {
      if start.starts(byte) { return true }
      cursor.advance()
    }
    return false
  }
}

/// Follows the strings and brackets of one element.
private struct Balance {
  /// Whether they balance, once that is known.
  private(set) var verdict: Bool?
  /// The brackets that are due, the innermost last.
  private var due: [UInt8] = []
  private var isInString = false
  private var isEscaped = false

  /// Whether the input may end here.
  var mayEnd: Bool { due.isEmpty && !isInString }

  /// Reads on.
  ///
  /// - Returns: How many of the bytes belong to the element.
  mutating func consume(_ bytes: Span<UInt8>) -> Int {
    for index in 0..<bytes.count {
      let byte = bytes[index]
      if isInString {
        consumeInString(byte)
        if verdict != nil { return index + 1 }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      // The closing bracket of either kind comes two behind the opening one in ASCII.
      case UInt8(ascii: "{"), UInt8(ascii: "["): due.append(byte + 2)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if due.isEmpty {
          verdict = true
          return index
        }
        if due.removeLast() != byte { verdict = false } else if due.isEmpty { verdict = true }
        if verdict != nil { return index + 1 }
      case UInt8(ascii: ",") where due.isEmpty:
        verdict = true
        return index
      default: break
      }
    }
    return bytes.count
  }

  private mutating func consumeInString(_ byte: UInt8) {
    if isEscaped {
      isEscaped = false
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = true
    } else if byte == UInt8(ascii: "\"") {
      isInString = false
      if due.isEmpty { verdict = true }
    }
  }
}

/// Walks over bytes that are held.
struct ExtentCursor: ByteCursor {
  private let segments: [Segment]
  private var segment = 0
  private var index: Int
  private(set) var offset: Int

  init(_ extent: Extent) {
    segments = extent.segments
    index = segments.first?.range.lowerBound ?? 0
    offset = extent.start
  }

  mutating func peek() -> UInt8? {
    guard segment < segments.count else { return nil }
    return segments[segment].block.withBytes { $0[index] }
  }

  mutating func advance() {
    guard segment < segments.count else { return }
    index += 1
    offset += 1
    if index < segments[segment].range.upperBound { return }
    segment += 1
    if segment < segments.count { index = segments[segment].range.lowerBound }
  }

  mutating func skip(while isPlain: (UInt8) -> Bool) {
    guard segment < segments.count else { return }
    let current = segments[segment]
    let count = current.block.withBytes(index..<current.range.upperBound) { $0.runLength(while: isPlain) }
    skip(to: offset + count)
  }

  mutating func scan(_ body: (Span<UInt8>) -> Int) -> Bool {
    guard segment < segments.count else { return false }
    let current = segments[segment]
    skip(to: offset + current.block.withBytes(index..<current.range.upperBound, body))
    return true
  }

  mutating func skip(to target: Int) {
    while offset < target, segment < segments.count {
      let count = min(target - offset, segments[segment].range.upperBound - index)
      index += count - 1
      offset += count - 1
      advance()
    }
  }
}

extension Span<UInt8> {
  /// How many of the first bytes `isPlain` holds for.
  func runLength(while isPlain: (UInt8) -> Bool) -> Int {
    var index = 0
    while index < count, isPlain(self[index]) { index += 1 }
    return index
  }
}
