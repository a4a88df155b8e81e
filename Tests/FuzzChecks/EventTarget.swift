// Target `events`: one verdict, one row of events and one fault, however a text is cut; and the check that
// stands in for yajl is certain of exactly what is valid, up to the depth it can remember.

import ByteScan
import JSONEvents
import TestSupport

extension FuzzTarget {
  func checkEvents(_ input: inout FuzzInput) -> String? {
    let flags = input.flags()
    let depth = input.byte() % 64
    let maxDepth = flags[1] ? depth : 512
    let cuts = input.cuts()
    let bytes = input.rest
    let ends = cuts.ends(in: bytes.count)
    if let found = JSONCase(bytes, cuts: ends, maxDepth: maxDepth, several: flags[0]).difference {
      return found
    }
    let limit = min(maxDepth, 62)
    var grammar = JSONGrammar(maxDepth: limit)
    let isValid = (grammar.consume(bytes.span) ?? grammar.finish()) == nil
    for kernel in ScanKernel.available
    where JSONCheck.isCertain(bytes, ends, kernel, maxDepth: limit) != isValid {
      return "valid \(isValid), but the check of \(kernel) says otherwise"
    }
    return Self.cleanDiffers(bytes, ends, several: flags[0])
      ? "the verdict depends on who looks at the bytes" : nil
  }

  /// Whether the validator says something else when it is told that the bytes are clean, which they are.
  private static func cleanDiffers(_ bytes: [UInt8], _ cuts: [Int], several: Bool) -> Bool {
    let isClean =
      String(validating: bytes, as: UTF8.self) != nil && !bytes.contains { $0 == 0x0B || $0 == 0x0C }
    return isClean
      && validates(bytes, cuts, several, isClean: true) != validates(bytes, [], several, isClean: false)
  }

  private static func validates(_ bytes: [UInt8], _ cuts: [Int], _ several: Bool, isClean: Bool) -> Bool {
    var validator = JSONValidator(allowsMultipleValues: several)
    do {
      try bytes.forEachPiece(cutAt: cuts) { piece, start in
        try validator.feed(piece, at: start, isClean: isClean)
      }
      try validator.endOfInput()
      return true
    } catch {
      return false
    }
  }
}
