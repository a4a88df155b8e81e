// Ten thousand partitions at once: descriptors and memory must not depend on how many there are.

import Foundation
import Testing

@Suite struct ManyPartitionsTests {
  /// Ten thousand batches by turns, under 64 descriptors and with so little memory that their rows are
  /// spilled again and again: the same bytes as with plenty of both.
  @Test func interleaved() throws {
    let workspace = try Workspace()
    // 7919 is prime to 10,000, so that each round meets every batch once, in an order of its own.
    let rows = (0..<20_000).map { number in
      let batch = number * 7919 % 10_000
      return asset("a\(number)", batches: ["batch \(batch)"])
    }
    try workspace.write("input.ndjson", rows.joined(separator: "\n"))
    // In memory where there is such a place: ten thousand files synchronized to a slow disk take a minute.
    let outcome = try Command.shell(
      """
      root=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
      trap 'rm -rf "$root"' EXIT
      run() { "$SLUICE" run input.ndjson --partition-by batch --quiet "$@"; }
      (ulimit -n 64; run --output "$root/few" --workers 1 --memory 64MB --block-size 64KiB) || exit
      run --output "$root/many" --memory 4GB || exit
      diff -r "$root/few/data" "$root/many/data" && find "$root/few/data" -name 'part-00000.jsonl.zst' | wc -l
      """, in: workspace)
    #expect(outcome.errorText == "")
    #expect(outcome.outputText == "10000\n")
  }
}
