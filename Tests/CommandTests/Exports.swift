// Small exports for the transcripts.

/// One asset on one line, without a newline.
func asset(_ name: String, stage: String = "Complete", batches: [String] = ["rain"], title: String = "car")
  -> String
{
  let quoted = batches.map { "\"\($0)\"" }.joined(separator: ",")
  return """
    {"externalId":"\(name)","batches":[\(quoted)],"task":{"taskId":"\(name)","stage":"\(stage)",\
    "stageId":"\(stage)","tools":[{"title":"\(title)"}],"classifications":[],"relations":[]}}
    """
}

/// NDJSON of so many assets, in three stages by turns.
func manyAssets(_ count: Int) -> String {
  let stages = ["Complete", "Label", "Review"]
  return (0..<count).map { asset("a\($0)", stage: stages[$0 % 3]) + "\n" }.joined()
}

extension Workspace {
  /// A workspace that holds `input.ndjson` with some assets.
  static func withInput(_ count: Int = 6) throws -> Workspace {
    let workspace = try Workspace()
    try workspace.write("input.ndjson", manyAssets(count))
    return workspace
  }

  /// A workspace with an input and a committed tree of it in `out`, uncompressed and partitioned by stage.
  static func withOutput() throws -> Workspace {
    let workspace = try withInput()
    let outcome = try Command.run(
      "run", "input.ndjson", "--output", "out", "--compression", "none", "--partition-by", "stage", "--quiet",
      in: workspace)
    guard outcome.status == 0 else { throw CommandFailure(description: outcome.errorText) }
    return workspace
  }
}
