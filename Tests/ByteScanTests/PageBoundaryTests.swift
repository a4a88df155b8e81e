import ByteScan
import Glibc
import Testing

@Suite struct PageBoundaryTests {
  /// No kernel reads a byte before or behind its span, nor writes one outside its room: there
  /// the pages cannot be touched, and a kernel that did would end the process.
  @Test(arguments: ScanKernel.available)
  func nothingOutsideIsTouched(kernel: ScanKernel) throws {
    var generator = SplitMix64(seed: 9)
    let source = try #require(GuardedPage())
    let room = try #require(GuardedPage())
    for length in 0...200 {
      let text = HardText.random(length, using: &generator)
      for atEnd in [true, false] {
        // The spans are used before the pages go: `GuardedPage` unmaps them when the test ends.
        let bytes = unsafe source.slice(length, atEnd: atEnd)
        unsafe bytes.copyBytes(from: text)
        let span = unsafe Span<UInt8>(_unsafeBytes: UnsafeRawBufferPointer(bytes))
        unsafe scan(span, into: room.slice(length, atEnd: atEnd), with: kernel)
        let expected = ScanOracle.summary(of: text, startsEscaped: false)
        #expect(kernel.summarize(span, startsEscaped: false) == expected)
      }
    }
    withExtendedLifetime((source, room)) {}
  }

  private func scan(
    _ bytes: Span<UInt8>, into room: UnsafeMutableRawBufferPointer, with kernel: ScanKernel
  ) {
    for offset in [0, bytes.count / 2, bytes.count] {
      var state = ScanState(depth: 1000)
      #expect(kernel.skip(toDepth: 0, in: bytes, from: offset, state: &state) == nil)
      state = ScanState(inString: true)
      _ = kernel.nextBracket(in: bytes, from: offset, state: &state)
    }
    var state = ScanState()
    _ = unsafe kernel.minify(bytes, into: room, state: &state)
    state = ScanState(inString: true)
    _ = unsafe kernel.minify(bytes, into: room, state: &state)
    var check = JSONCheck(kernel: kernel, maxDepth: 62)
    check.feed(bytes)
    check.feed(bytes)
    _ = check.finish()
    _ = kernel.countNewlines(in: bytes)
    _ = kernel.firstNonASCII(in: bytes)
  }
}

/// One page of memory between two that may not be touched.
///
/// Safe to hold: the pages live as long as the object; only the slices are unsafe.
@safe
private final class GuardedPage {
  private static let size = Int(sysconf(Int32(_SC_PAGESIZE)))
  private let start: UnsafeMutableRawPointer

  init?() {
    let mapped = unsafe mmap(nil, 3 * Self.size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return nil }
    unsafe start = mapped
    guard unsafe mprotect(start + Self.size, Self.size, PROT_READ | PROT_WRITE) == 0 else { return nil }
  }

  deinit { unsafe munmap(start, 3 * Self.size) }

  /// The first or the last `count` bytes of the page.
  func slice(_ count: Int, atEnd: Bool) -> UnsafeMutableRawBufferPointer {
    let offset = Self.size + (atEnd ? Self.size - count : 0)
    return unsafe UnsafeMutableRawBufferPointer(start: start + offset, count: count)
  }
}
