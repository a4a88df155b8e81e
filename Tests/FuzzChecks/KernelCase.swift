// What a kernel answers to one text, and whether all of them answer the same.

package import ByteScan

/// One text through all kernels.
package struct KernelCase {
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
  package let differing: ScanKernel?

  package init(_ bytes: [UInt8], from offset: Int, state: ScanState, target: Int) {
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
    if !room[rest.count...].allSatisfy({ $0 == 0x5A }) { fatalError("\(kernel) wrote behind the room") }
    return Answers(
      summary: kernel.summarize(rest, startsEscaped: state.escaped), skip: skip, afterSkip: afterSkip,
      bracket: bracket, afterBracket: afterBracket, minified: Array(room[..<result.written]),
      foreign: result.foreign, afterMinify: afterMinify, newlines: kernel.countNewlines(in: rest),
      nonASCII: kernel.firstNonASCII(in: rest))
  }
}
