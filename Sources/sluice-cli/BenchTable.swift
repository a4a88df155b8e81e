// The figures of `sluice bench` for people: a line a step, a column a number of workers.

import Sluice

/// Lays figures out.
struct BenchTable {
  private let result: BenchResult
  private let workers: [Int]

  init(_ result: BenchResult) {
    self.result = result
    workers = Set(result.stages.map(\.workers)).sorted()
  }

  /// Heading, table, and what limits the run.
  var text: String {
    let machine = result.processor.map { "\($0), " } ?? ""
    var lines = [
      "\(result.inputName.shown): \(Units.bytes(result.inputBytes)); \(machine)processors: \(result.cores)",
      "",
    ]
    lines += Self.aligned([heading] + steps.map(row))
    lines += [
      "",
      "MB/s of the decompressed input; x: times as fast as one worker; ratio: input to output;",
      "share: of a run's time on all workers. Nothing was written.",
    ]
    lines.append("scan, yajl, minify and compress: the first \(Units.bytes(result.sampleBytes)), in memory.")
    lines.append("limit: \(result.limit.rawValue): \(result.advice)")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The first figure of each step.
  private var steps: [BenchStage] { result.stages.filter { $0.workers == 1 } }

  private var heading: [String] {
    let columns = workers.flatMap { $0 == 1 ? ["1 worker"] : ["\($0) workers", "x"] }
    return ["MB/s"] + columns + ["ratio", "share"]
  }

  private func row(_ step: BenchStage) -> [String] {
    let all = result.stages.filter { $0.name == step.name && $0.level == step.level }
    var cells = [title(step)]
    for count in workers {
      let stage = all.first { $0.workers == count }
      cells.append(stage.map { Units.decimal($0.megabytesPerSecond, digits: 0) } ?? "-")
      if count == 1 { continue }
      let factor = stage.map { $0.megabytesPerSecond / max(step.megabytesPerSecond, 1e-9) }
      cells.append(factor.map { Units.decimal($0, digits: 2) } ?? "-")
    }
    let ratio = step.outputBytes.flatMap { $0 > 0 ? Double(step.bytes) / Double($0) : nil }
    cells.append(ratio.map { Units.decimal($0, digits: 2) } ?? "-")
    cells.append(all.compactMap(\.share).first.map { Units.decimal($0 * 100, digits: 0) + " %" } ?? "-")
    return cells
  }

  private func title(_ step: BenchStage) -> String {
    guard step.name == .compress || step.name == .run else { return step.name.rawValue }
    return step.name.rawValue + (step.level.map { ", level \($0)" } ?? "")
  }

  /// Cells in columns, numbers to the right.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }
      return cells.joined(separator: "  ")
    }
  }
}
