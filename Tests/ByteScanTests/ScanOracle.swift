// What a scan should say, in the slowest and plainest way there is: the state before and after
// every byte, from which all answers are read off. It shares no code with the kernels.

import ByteScan

/// A text, a start, and the states between all of its bytes.
struct ScanOracle {
  let bytes: [UInt8]
  /// One more than there are bytes.
  private(set) var states: [ScanState]

  init(_ bytes: [UInt8], from start: ScanState) {
    self.bytes = bytes
    states = [start]
    for byte in bytes { states.append(Self.state(after: byte, states[states.count - 1])) }
  }

  private static func state(after byte: UInt8, _ before: ScanState) -> ScanState {
    var after = before
    after.escaped = false
    if before.escaped { return after }
    switch (byte, before.inString) {
    case (UInt8(ascii: "\\"), _): after.escaped = true
    case (UInt8(ascii: "\""), _): after.inString.toggle()
    case (UInt8(ascii: "["), false), (UInt8(ascii: "{"), false): after.depth += 1
    case (UInt8(ascii: "]"), false), (UInt8(ascii: "}"), false): after.depth -= 1
    default: break
    }
    return after
  }

  /// The state behind the last byte.
  var end: ScanState { states[bytes.count] }

  var outcome: BlockSummary.Outcome {
    BlockSummary.Outcome(
      depthChange: end.depth - states[0].depth,
      lowestDepth: states.map { $0.depth - states[0].depth }.min() ?? 0,
      endsInString: end.inString)
  }

  static func summary(of bytes: [UInt8], startsEscaped: Bool) -> BlockSummary {
    let outside = ScanOracle(bytes, from: ScanState(escaped: startsEscaped))
    let inside = ScanOracle(bytes, from: ScanState(inString: true, escaped: startsEscaped))
    let newlines = bytes.indices.filter { bytes[$0] == 0x0A }
    return BlockSummary(
      outside: outside.outcome, inside: inside.outcome, endsEscaped: outside.end.escaped,
      newlines: newlines.count, lastNewline: newlines.last ?? -1)
  }

  /// The first byte whose change of depth satisfies `wanted`, and the state behind it.
  func firstBracket(where wanted: (_ change: Int, _ depth: Int) -> Bool) -> (Int?, ScanState) {
    for index in bytes.indices {
      let after = states[index + 1]
      let change = after.depth - states[index].depth
      if change != 0 && wanted(change, after.depth) { return (index, after) }
    }
    return (nil, end)
  }

  /// The bytes less white space, and the first control byte that should not be there.
  var minified: (kept: [UInt8], foreign: Int?) {
    let white: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    let kept = bytes.indices.filter {
      states[$0].inString || states[$0].escaped || !white.contains(bytes[$0])
    }
    let foreign = bytes.indices.first {
      !states[$0].inString && bytes[$0] < 0x20 && !white.contains(bytes[$0])
    }
    return (kept.map { bytes[$0] }, foreign)
  }
}

/// Random numbers that are the same in every run.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Texts made to be misread.
enum HardText {
  private static let bytes =
    Array("\"\\[]{},: \n\t\r\u{B}\u{C}a\u{0}\u{7F};[}".utf8) + [0x80, 0xA0, 0xDB, 0xFD]
  private static let guardBytes = Array("\"\"[]{}\\ \n\u{80}".utf8)

  /// Random bytes that mean something.
  ///
  /// Each text prefers a few of them, so that there are also
  /// texts of hardly anything but backslashes, or without any, and long strings.
  static func random(_ count: Int, using generator: inout SplitMix64) -> [UInt8] {
    var favourites = (0..<3).map { _ in bytes.randomElement(using: &generator) ?? 0 }
    favourites.append(UInt8(ascii: "a"))
    let share = Int.random(in: 0...10, using: &generator)
    return (0..<count).map { _ in
      let pool = Int.random(in: 0..<10, using: &generator) < share ? favourites : bytes
      return pool.randomElement(using: &generator) ?? 0
    }
  }

  /// Bytes that would change every answer if they were read.
  static func surroundings(_ count: Int, using generator: inout SplitMix64) -> [UInt8] {
    (0..<count).map { _ in guardBytes.randomElement(using: &generator) ?? 0 }
  }

  /// Any state, at a depth between -2 and 4.
  static func state(using generator: inout SplitMix64) -> ScanState {
    ScanState(
      inString: .random(using: &generator), escaped: .random(using: &generator),
      depth: .random(in: -2...4, using: &generator))
  }
}

extension ScanKernel {
  /// Minifies into an array, and checks that nothing behind the room was touched.
  func minified(_ bytes: Span<UInt8>, state: inout ScanState) -> (kept: [UInt8], foreign: Int?) {
    var room = [UInt8](repeating: 0x5A, count: bytes.count + 64)
    let result = unsafe room.withUnsafeMutableBytes { room in
      unsafe minify(
        bytes, into: UnsafeMutableRawBufferPointer(rebasing: room[..<bytes.count]), state: &state)
    }
    precondition(room[bytes.count...].allSatisfy { $0 == 0x5A }, "written behind the room")
    return (Array(room[..<result.written]), result.foreign)
  }
}
