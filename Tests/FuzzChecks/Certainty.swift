// What the check in the kernels says of bytes that come in pieces.

package import ByteScan
import TestSupport

extension JSONCheck {
  /// Whether it is certain of `bytes`, in the pieces that `cuts` (ascending) makes of them.
  package static func isCertain(
    _ bytes: [UInt8], _ cuts: [Int], _ kernel: ScanKernel, maxDepth: Int
  ) -> Bool {
    var check = JSONCheck(kernel: kernel, maxDepth: maxDepth)
    bytes.forEachPiece(cutAt: cuts) { piece, _ in check.feed(piece) }
    return check.finish()
  }
}
