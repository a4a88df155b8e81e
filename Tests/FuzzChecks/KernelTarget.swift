// Target `kernels`: everything that CByteScan offers, by every instruction set, from any state, at any
// alignment.

import ByteScan

extension FuzzTarget {
  func checkKernels(_ input: inout FuzzInput) -> String? {
    let flags = input.flags()
    let depth = input.byte() % 8 - 2
    let state = ScanState(inString: flags[0], escaped: flags[1], depth: depth)
    let target = input.byte() % 8 - 3
    let offset = input.byte()
    let stride = max(1, input.byte())
    let cuts = input.cuts()
    let bytes = input.rest
    let from = offset % (bytes.count + 1)
    if let kernel = KernelCase(bytes, from: from, state: state, target: target).differing {
      return "\(kernel) differs from portable"
    }
    let verdict = JSONCheck.isCertain(bytes, [], .portable, maxDepth: depth < 0 ? 62 : depth)
    for kernel in ScanKernel.available {
      if JSONCheck.isCertain(bytes, cuts.ends(in: bytes.count), kernel, maxDepth: depth < 0 ? 62 : depth)
        != verdict
      {
        return "the check of \(kernel) differs from that of portable in one piece"
      }
      let summaries = kernel.summaries(of: bytes.span, startsEscaped: state.escaped, every: stride)
      if BlockSummary.joined(summaries, stride: stride)
        != ScanKernel.portable.summarize(bytes.span, startsEscaped: state.escaped)
      {
        return "summaries of \(kernel) do not add up"
      }
      let map = ScanMap(summaries, stride: stride, from: state, at: 1000)
      if let wrong = Self.differingSkip(bytes, from: from, state, target, kernel, map) { return wrong }
    }
    return nil
  }

  /// A walk with the block's map must end where one without it ends, in the same state.
  private static func differingSkip(
    _ bytes: [UInt8], from offset: Int, _ start: ScanState, _ target: Int, _ kernel: ScanKernel,
    _ map: ScanMap
  ) -> String? {
    var there = start
    ScanKernel.portable.summarize(bytes.span.extracting(..<offset), startsEscaped: start.escaped)
      .advance(&there)
    // The walk may count its depth from elsewhere than the map.
    there.depth += 5
    var (plain, mapped) = (there, there)
    let target = target + 5
    let end = ScanKernel.portable.skip(toDepth: target, in: bytes.span, from: offset, state: &plain)
    let found = kernel.skip(
      toDepth: target, in: bytes.span, from: offset, state: &mapped, along: map, at: 1000)
    return end == found && plain == mapped
      ? nil
      : "\(kernel) along a map: \(found ?? -1) \(mapped), not \(end ?? -1) \(plain)"
  }
}
