// Every kernel must say what the portable one says, of any bytes at any alignment.

import ByteScan
import Testing

@Suite struct KernelFuzzTests {
  /// Answers do not depend on the kernel.
  @Test func kernels() {
    FuzzBudget.spend("kernels", count: 2500) { random in
      let text = KernelCase.text(&random)
      let offset = min(Int.random(in: 0...70, using: &random), text.count)
      let state = ScanState(
        inString: random.oneIn(3), escaped: random.oneIn(4), depth: Int.random(in: -1...4, using: &random))
      let target = Int.random(in: -2...4, using: &random)
      let differs = { (bytes: [UInt8]) in
        KernelCase(bytes, from: min(offset, bytes.count), state: state, target: target).differing != nil
      }
      guard differs(text) else { return nil }
      return "from \(offset), \(state), target \(target): \(Shrinker.literal(Shrinker.shrink(text, differs)))"
    }
  }
}

/// One text through all kernels.
struct KernelCase {
  /// All that kernels answer.
  struct Answers: Equatable {
    var summary: BlockSummary
    var skip: Int?
    var afterSkip: ScanState
    var bracket: Int?
    var afterBracket: ScanState
    var minified: [UInt8]
    var foreign: Int?
    var afterMinify: ScanState
    var newlines: Int
    var nonASCII: Int?
  }

  /// A kernel that differs from the portable one.
  let differing: ScanKernel?

  init(_ bytes: [UInt8], from offset: Int, state: ScanState, target: Int) {
    let answers = { (kernel: ScanKernel) in Self.answers(kernel, bytes.span, offset, state, target) }
    let expected = answers(.portable)
    differing = ScanKernel.available.first { answers($0) != expected }
  }

  private static func answers(
    _ kernel: ScanKernel, _ bytes: Span<UInt8>, _ offset: Int, _ state: ScanState, _ target: Int
  ) -> Answers {
    // The slice begins at any alignment; what stands before it must not matter.
    let rest = bytes.extracting(offset...)
    var (afterSkip, afterBracket, afterMinify) = (state, state, state)
    let skip = kernel.skip(toDepth: target, in: bytes, from: offset, state: &afterSkip)
    let bracket = kernel.nextBracket(in: bytes, from: offset, state: &afterBracket)
    var room = [UInt8](repeating: 0x5A, count: rest.count + 64)
    let result = unsafe room.withUnsafeMutableBytes { room in
      unsafe kernel.minify(
        rest, into: UnsafeMutableRawBufferPointer(rebasing: room[..<rest.count]), state: &afterMinify)
    }
    precondition(room[rest.count...].allSatisfy { $0 == 0x5A }, "written behind the room")
    return Answers(
      summary: kernel.summarize(rest, startsEscaped: state.escaped), skip: skip, afterSkip: afterSkip,
      bracket: bracket, afterBracket: afterBracket, minified: Array(room[..<result.written]),
      foreign: result.foreign, afterMinify: afterMinify, newlines: kernel.countNewlines(in: rest),
      nonASCII: kernel.firstNonASCII(in: rest))
  }

  /// An export gone wrong, or bytes that are hardly anything but structure.
  static func text(_ random: inout SplitMix64) -> [UInt8] {
    if random.oneIn(2) { return Mutator.mutate(Corpus.random(&random), using: &random) }
    let all = Array("\"\\[]{},: \n\ta".utf8) + [0x80, 0x0B, 0x00]
    let favourites = (0..<Int.random(in: 1...5, using: &random)).map { _ in random.pick(all) }
    return (0..<Int.random(in: 0...700, using: &random)).map { _ in
      random.oneIn(8) ? random.pick(all) : random.pick(favourites)
    }
  }
}
