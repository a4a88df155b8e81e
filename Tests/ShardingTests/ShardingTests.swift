// Blocks cut anywhere, put in order again, must give the elements of the whole.

import ByteScan
import Sharding
import Testing

/// Numbers from a seed.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

private func block(_ text: [UInt8], at offset: Int, _ pool: BlockPool) throws -> Block {
  try unsafe Block(from: pool, offset: offset) { buffer in
    unsafe buffer.copyBytes(from: text)
    return text.count
  }
}

@Suite struct GapTests {
  private func step(_ gap: Gap, _ text: String) -> (Gap, Gap.Step) {
    var gap = gap
    let step = gap.advance(in: Array(text.utf8).span, from: 0)
    return (gap, step)
  }

  /// What may stand between elements, and what may not.
  @Test func steps() {
    #expect(step(.beforeFirst, " \n{") == (.beforeFirst, .object(2)))
    #expect(step(.beforeFirst, "]  ") == (.ended, .exhausted))
    #expect(step(.beforeFirst, ",") == (.beforeFirst, .unexpected(0)))
    #expect(step(.afterElement, " , {") == (.afterComma, .object(3)))
    #expect(step(.afterElement, "{") == (.afterElement, .unexpected(0)))
    #expect(step(.afterComma, "]") == (.afterComma, .unexpected(0)))
    #expect(step(.afterComma, ",") == (.afterComma, .unexpected(0)))
    #expect(step(.ended, " x") == (.ended, .unexpected(1)))
    #expect(step(.sequence, "\r\n\t{") == (.sequence, .object(3)))
    #expect(step(.sequence, ",{") == (.sequence, .unexpected(0)))
    #expect(step(.beforeFirst, "\u{0C}{") == (.beforeFirst, .unexpected(0)))
  }

  /// Where an element may stand by itself another array may start, and a byte order mark before either.
  @Test func documents() {
    #expect(step(.ended, "\n[ {") == (.beforeFirst, .object(3)))
    #expect(step(.ended, "{") == (.ended, .object(0)))
    #expect(step(.sequence, "[][\n] [{") == (.beforeFirst, .object(7)))
    #expect(step(.sequence, "[[") == (.beforeFirst, .unexpected(1)))
    #expect(step(.afterComma, "[") == (.afterComma, .unexpected(0)))
    #expect(step(.sequence, "]") == (.sequence, .unexpected(0)))
    #expect(step(.ended, "\u{FEFF} \u{FEFF}{") == (.sequence, .object(7)))
    #expect(step(.afterComma, "\u{FEFF}{") == (.afterComma, .unexpected(0)))
  }

  /// A byte order mark may be cut, and what turns out to be none is known by its first byte.
  @Test func marks() {
    var gap = Gap.ended
    #expect(gap.advance(in: [0x20, 0xEF].span, from: 0) == .exhausted)
    #expect(gap.markBytes == 1 && !gap.mayEnd)
    #expect(gap.advance(in: [0xBB].span, from: 0) == .exhausted)
    #expect(gap.markBytes == 2 && !gap.mayEnd)
    var other = gap
    #expect(gap.advance(in: [0xBF, 0x5B].span, from: 0) == .exhausted)
    #expect(gap == .beforeFirst)
    #expect(other.advance(in: [0x7B].span, from: 0) == .unexpected(-2))
    #expect(other == .sequence)
  }

  /// A gap that is cut anywhere is the same gap.
  @Test func cuts() {
    let text = Array(" \n, \t ".utf8)
    for cut in 0...text.count {
      var gap = Gap.afterElement
      #expect(gap.advance(in: Array(text[..<cut]).span, from: 0) == .exhausted)
      #expect(
        gap.advance(in: Array(text[cut...] + Array("{".utf8)).span, from: 0) == .object(text.count - cut))
    }
  }
}

@Suite struct FramerTests {
  private static let parts = [#"{"a":"]}\"{[,","b":[{},[1,{"c":"\\"}]]}"#, "{}", #"{"d":[[[]]]}"#]
  private static let text = Array(parts.joined(separator: " ,\n").utf8)
  private static var elements: [Range<Int>] {
    var start = 0
    return parts.map { part in
      defer { start += part.utf8.count + 3 }
      return start..<start + part.utf8.count
    }
  }

  /// However the array is cut into blocks, heads, elements and tails make up the same elements.
  @Test(arguments: ScanKernel.available) func cuts(kernel: ScanKernel) throws {
    for size in 1...Self.text.count {
      #expect(try frames(kernel, blockSize: size) == Self.elements, "blocks of \(size)")
    }
  }

  private func frames(_ kernel: ScanKernel, blockSize: Int) throws -> [Range<Int>] {
    let pool = BlockPool(blockSize: blockSize)
    let start = BlockStart(in: .beforeFirst, line: LineAnchor())
    var stitcher = Stitcher(at: start)
    var found: [Range<Int>] = []
    var open: Int?
    for offset in stride(from: 0, to: Self.text.count, by: blockSize) {
      let bytes = Array(Self.text[offset..<min(offset + blockSize, Self.text.count)])
      let block = try block(bytes, at: offset, pool)
      let escaped = stitcher.next.state.escaped
      let summary = block.withBytes { kernel.summarize($0, startsEscaped: escaped) }
      let start = stitcher.append(summary, at: offset) { nil }
      let frames = block.withBytes { Framer(kernel: kernel).frames(in: $0, from: start) }
      #expect(frames.anomaly == nil)
      if let head = frames.headEnd, let first = open {
        found.append(first..<offset + head)
        open = nil
      }
      found += frames.elements.map { $0.range.lowerBound + offset..<$0.range.upperBound + offset }
      if let tail = frames.tail { open = offset + tail.start }
    }
    #expect(open == nil)
    return found
  }

  /// Behind a byte that cannot stand between elements nothing is framed.
  @Test func anomaly() {
    let bytes = Array("{},{} x {}".utf8)
    let frames = Framer(kernel: .portable).frames(
      in: bytes.span, from: BlockStart(in: .beforeFirst, line: LineAnchor()))
    #expect(frames.elements == [Frame(0..<2, .array), Frame(3..<5, .array)])
    #expect(frames.anomaly?.index == 6)
    #expect(frames.anomaly?.gap == .afterElement)
  }
}

@Suite struct StitcherTests {
  /// Lines are counted over blocks, inside strings or not.
  @Test func lines() {
    let text = Array("{\n\"a\":1,\n\n\"b\":\"\\\"\"}\n".utf8)
    for cut in 0...text.count {
      var stitcher = Stitcher(at: BlockStart(state: ScanState(), line: LineAnchor()))
      var offset = 0
      for part in [text[..<cut], text[cut...]] where !part.isEmpty {
        let escaped = stitcher.next.state.escaped
        let summary = ScanKernel.portable.summarize(Array(part).span, startsEscaped: escaped)
        _ = stitcher.append(summary, at: offset) { nil }
        offset += part.count
      }
      #expect(stitcher.next.line == LineAnchor(line: 5, start: text.count))
      #expect(stitcher.next.state == ScanState())
    }
  }
}

@Suite struct ExtentTests {
  /// An extent gives back the bytes that went in, in any range.
  @Test func runs() throws {
    let text = Array("0123456789abcdef".utf8)
    let pool = BlockPool(blockSize: 5)
    var extent = Extent(from: 0)
    for offset in stride(from: 0, to: text.count, by: 5) {
      let block = try block(Array(text[offset..<min(offset + 5, text.count)]), at: offset, pool)
      extent.append(Segment(block, 0..<block.count))
    }
    for lower in 0...text.count {
      for upper in lower...text.count {
        var found: [UInt8] = []
        extent.forEachRun(in: lower..<upper) { bytes, offset in
          #expect(offset == lower + found.count)
          for index in 0..<bytes.count { found.append(bytes[index]) }
        }
        #expect(found == Array(text[lower..<upper]))
      }
    }
    #expect(pool.taken == 4)
  }

  /// Memory goes back to the pool with the last pointer to it.
  @Test func pool() throws {
    let pool = BlockPool(blockSize: 8)
    do {
      let block = try block([1, 2, 3], at: 0, pool)
      #expect(pool.taken == 1)
      #expect(block.range == 0..<3)
    }
    #expect(pool.taken == 0)
  }
}

@Suite struct BlockTests {
  /// A part of a block shares its memory, which goes back to the pool with the last of them.
  @Test func part() throws {
    let text = Array("0123456789".utf8)
    let pool = BlockPool(blockSize: 10)
    do {
      let rest: Block
      do {
        let whole = try block(text, at: 5, pool)
        rest = whole.part(2..<10).part(1..<8)
      }
      #expect(pool.taken == 1)
      #expect(rest.range == 8..<15)
      #expect(rest.withBytes { bytes in bytes.indices.map { bytes[$0] } } == Array(text[3...]))
    }
    #expect(pool.taken == 0)
  }
}

@Suite struct ArenaTests {
  /// What is appended in pieces comes out in one row, also over several buffers.
  @Test(arguments: [1, 3, 7, 100]) func rows(blockSize: Int) {
    let pool = BlockPool(blockSize: blockSize)
    let arena = Arena(pool)
    var random = SplitMix64(state: 1)
    var rows: [(Arena.Position, Arena.Position, [UInt8])] = []
    for _ in 0..<20 {
      let start = arena.position
      var row: [UInt8] = []
      for _ in 0..<Int.random(in: 0...9, using: &random) {
        let piece = (0..<Int.random(in: 0...blockSize, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
        unsafe arena.append(upTo: piece.count) { buffer in
          unsafe buffer.copyBytes(from: piece)
          return piece.count
        }
        row += piece
      }
      rows.append((start, arena.position, row))
    }
    for (start, end, row) in rows {
      var found: [UInt8] = []
      arena.forEachRun(from: start, to: end) { bytes in
        for index in 0..<bytes.count { found.append(bytes[index]) }
      }
      #expect(found == row)
    }
  }
}
