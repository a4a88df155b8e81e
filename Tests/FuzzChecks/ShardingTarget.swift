// Target `sharding`: blocks at any cuts, with and without their maps, against one walk over the whole.

import ByteScan
import Sharding

extension FuzzTarget {
  func checkSharding(_ input: inout FuzzInput) -> String? {
    let flags = input.flags()
    let framing = flags[0] ? Framing.array : .sequence
    let kernel = input.pick(ScanKernel.available)
    let cuts = input.cuts()
    let bytes = input.rest
    let whole = Framed(whole: bytes, framing)
    for isMapped in [false, true] {
      let cut = Framed(cut: bytes, at: cuts.ends(in: bytes.count), framing, kernel, isMapped: isMapped)
      if cut != whole { return "\(framing), \(kernel), mapped \(isMapped): \(cut), not \(whole)" }
    }
    return nil
  }
}
