// Counts the rows of an export by stage, and how long the longest is. It writes nothing: the rows go to a closure.
//
//     swift run StageCounts export.json [MOST]      at most MOST rows

import Sluice
import Synchronization
import SystemPackage

@main
struct StageCounts {
  static func main() async {
    let arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.first else { return print("usage: StageCounts EXPORT [MOST]") }
    do {
      let tally = Tally(most: arguments.dropFirst().first.flatMap { Int($0) } ?? .max)
      let result = try await count(FilePath(path), in: tally)
      for (stage, rows) in tally.stages.sorted(by: { $0.key < $1.key }) { print("\(rows)\t\(stage)") }
      print("\(result.report.assets.seen) assets seen, the longest row has \(tally.longest) bytes")
    } catch {
      print("failed: \(error)")
      if let hint = error.hint { print(hint) }
    }
  }

  // snippet: count
  /// Hands every row of an export to a tally.
  static func count(_ path: FilePath, in tally: Tally) async throws(RunError) -> RunResult {
    var options = RunOptions()
    options.output.partitionBy = [.stage]
    options.selection.excludedStages = ["Skipped"]

    let run = Run(
      inputs: [.path(path)],
      output: .rows { row, facts in tally.add(row, stage: facts[.stage]) },
      options: options)

    let monitor = RunMonitor { progress in
      guard let fraction = progress.fraction else { return }
      print("\(Int(fraction * 100)) % read, \(progress.assetsKept) assets kept")
    }
    // Stops when the task is cancelled.
    return try await run.execute(monitor: monitor)
  }
  // snippet end
}

// snippet: tally
/// What has been counted; one row is added at a time, but not always by the same thread.
final class Tally: Sendable {
  private let most: Int
  private let state = Mutex((rows: 0, longest: 0, stages: [String: Int]()))

  init(most: Int) { self.most = most }

  func add(_ row: Span<UInt8>, stage: String?) -> RowDemand {
    state.withLock { state in
      state.rows += 1
      state.longest = max(state.longest, row.count)
      state.stages[stage ?? "(none)", default: 0] += 1
      return state.rows < most ? .more : .enough
    }
  }

  var longest: Int { state.withLock { $0.longest } }
  var stages: [String: Int] { state.withLock { $0.stages } }
}
// snippet end
