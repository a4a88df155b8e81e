// JSON text into one reused buffer, handed to the sink whenever it is full: a 50 GB export needs no more memory
// than a small one. All unsafe code of the generator is in this file, because at 2 ns a byte the bounds checks
// of an array show.

/// Writes JSON tokens in a chosen style and keeps count of the white space among them.
@safe
struct JSONWriter: ~Copyable {
  private let buffer: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private var used = 0
  private var flushed = 0
  private let sink: (Span<UInt8>) throws -> Void
  private let indent: Int
  private let lineEnd: StaticString
  private var depth = 0
  private var needsComma = false
  private var whiteSpace = 0
  /// What the sink threw; nothing more is handed to it afterwards.
  private(set) var failure: (any Error)?

  /// The bytes written.
  var bytes: Int { flushed + used }
  /// The bytes written, less white space: the same in every style.
  var minifiedBytes: Int { flushed + used - whiteSpace }

  init(style: ExportStyle, chunkSize: Int, sink: @escaping (Span<UInt8>) throws -> Void) {
    capacity = max(chunkSize, 4096)
    unsafe buffer = .allocate(capacity: capacity)
    self.sink = sink
    indent = style.indent
    lineEnd = style == .crlf ? "\r\n" : "\n"
  }

  // The buffer is this value's own: nothing else has its address, and the value cannot be copied.
  deinit { unsafe buffer.deallocate() }

  // MARK: Bytes

  mutating func flush() {
    guard used > 0 else { return }
    if failure == nil {
      do {
        // The first `used` bytes are initialized, and the span doesn't outlive the call.
        let filled = unsafe UnsafeBufferPointer(start: buffer, count: used)
        try sink(unsafe Span(_unsafeElements: filled))
      } catch {
        failure = error
      }
    }
    flushed += used
    used = 0
  }

  /// Makes room for `count` bytes, at most the smallest capacity there is (4096).
  @inline(__always)
  private mutating func reserve(_ count: Int) {
    if capacity &- used < count { flush() }
  }

  @inline(__always)
  mutating func byte(_ byte: UInt8) {
    reserve(1)
    unsafe buffer[used] = byte  // reserve(1) left room
    used &+= 1
  }

  @inline(__always)
  mutating func raw(_ text: StaticString) {
    let count = text.utf8CodeUnitCount
    reserve(count)
    // Every literal of this module is far shorter than 4096 bytes, so reserve made room for it.
    unsafe (buffer + used).update(from: text.utf8Start, count: count)
    used &+= count
  }

  mutating func raw(_ bytes: [UInt8]) {
    guard bytes.count <= 4096 else {
      for byte in bytes { self.byte(byte) }
      return
    }
    reserve(bytes.count)
    unsafe bytes.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      unsafe (buffer + used).update(from: start, count: source.count)  // reserved above
    }
    used &+= bytes.count
  }

  // MARK: Structure

  private mutating func newLine() {
    guard indent > 0 else { return }
    let before = used &+ flushed
    raw(lineEnd)
    let spaces = indent &* depth
    precondition(spaces <= 4096)
    reserve(spaces)
    unsafe (buffer + used).update(repeating: 0x20, count: spaces)  // reserved above
    used &+= spaces
    whiteSpace &+= used &+ flushed &- before
  }

  mutating func open(_ bracket: Unicode.Scalar) {
    byte(UInt8(truncatingIfNeeded: bracket.value))
    depth &+= 1
    needsComma = false
  }

  mutating func close(_ bracket: Unicode.Scalar) {
    depth &-= 1
    if needsComma { newLine() }
    byte(UInt8(truncatingIfNeeded: bracket.value))
    needsComma = true
  }

  /// Begins an element of an array.
  mutating func item() {
    if needsComma { byte(UInt8(ascii: ",")) }
    newLine()
    needsComma = true
  }

  /// Begins a member of an object.
  ///
  /// - Parameter name: The key, already escaped.
  mutating func key(_ name: StaticString) {
    item()
    string(name)
    colon()
  }

  mutating func key(_ name: [UInt8]) {
    item()
    raw(name)
    colon()
  }

  private mutating func colon() {
    byte(UInt8(ascii: ":"))
    guard indent > 0 else { return }
    byte(0x20)
    whiteSpace &+= 1
  }

  /// A line end between top-level values, which stands for the comma and so isn't counted as white space.
  mutating func endLine() {
    byte(0x0A)
    needsComma = false
  }

  /// The line end that closes a laid-out document.
  mutating func endDocument() {
    depth = 0
    newLine()
  }

  // MARK: Values

  mutating func string(_ text: StaticString) {
    byte(0x22)
    raw(text)
    byte(0x22)
  }

  /// A whole number in decimal.
  mutating func integer(_ value: Int) {
    if value < 0 { byte(UInt8(ascii: "-")) }
    var rest = value.magnitude
    var digits = 1
    var limit: UInt = 10
    while digits < 19, rest >= limit {
      digits &+= 1
      limit &*= 10
    }
    reserve(20)
    var place = used &+ digits
    used = place
    repeat {
      place &-= 1
      unsafe buffer[place] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)  // at most 19 digits, 20 reserved
      rest /= 10
    } while place > used &- digits
  }

  /// Exactly `count` digits of `value`, with zeros in front.
  mutating func digits(_ value: UInt64, count: Int) {
    reserve(20)
    var rest = value
    var place = used &+ count
    used = place
    for _ in 0..<count {
      place &-= 1
      unsafe buffer[place] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)  // count <= 20, reserved
      rest /= 10
    }
  }

  /// The lowest `count` hexadecimal digits of `value`.
  mutating func hex(_ value: UInt64, count: Int) {
    reserve(16)
    var rest = value
    for offset in 0..<count {
      let digit = UInt8(truncatingIfNeeded: rest & 15)
      let letter = digit < 10 ? 0x30 &+ digit : 0x57 &+ digit
      unsafe buffer[used &+ offset] = letter  // count <= 16, reserved
      rest >>= 4
    }
    used &+= count
  }
}
