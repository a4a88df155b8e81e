// What the check in the kernels says of bytes that come in pieces.

package import ByteScan

extension JSONCheck {
  /// Whether it is certain of `bytes`, in the pieces that `cuts` (ascending) makes of them.
  package static func isCertain(
    _ bytes: [UInt8], _ cuts: [Int], _ kernel: ScanKernel, maxDepth: Int
  ) -> Bool {
    var check = JSONCheck(kernel: kernel, maxDepth: maxDepth)
    var start = 0
    for end in cuts + [bytes.count] {
      check.feed(bytes.span.extracting(start..<end))
      start = end
    }
    return check.finish()
  }
}
