// Writing expected files from a run. A file that still agrees is left as it is, so that placeholders survive.
// Reports are never recorded: which of their members a case may hold against a run is the oracle's to say.

import Foundation
import Testing

extension ExportCaseTests {
  /// Brings the expected files of a case up to what the run gave, and fails if any changed.
  func record(_ result: CaseResult, for exportCase: ExportCase) throws {
    var changed: [String] = []
    func put(_ path: String, _ data: Data, unless same: Bool) throws {
      guard !same else { return }
      let file = exportCase.file("expected/\(path)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file)
      changed.append(path)
    }
    let status = Data("\(result.status)\n".utf8)
    try put("status", status, unless: exportCase.expected("status") == status)
    let pattern = exportCase.expected("stderr").map { String(decoding: $0, as: UTF8.self) }
    let free = pattern == nil && result.status == 1
    try put(
      "stderr", Data(result.errorText.utf8),
      unless: free || pattern.map { matches(result.errorText, pattern: $0) } ?? false)
    if let rows = result.rows, result.status < 2 {
      try put("rows.jsonl", rows, unless: exportCase.expected("rows.jsonl") == rows)
    }
    for (path, data) in result.tree {
      let wanted = exportCase.expected("tree/\(path)")
      try put("tree/\(path)", data, unless: wanted.map { Self.agree(path, data, $0) } ?? false)
    }
    for path in try files(below: exportCase.file("expected/tree")).keys where result.tree[path] == nil {
      try FileManager.default.removeItem(at: exportCase.file("expected/tree/\(path)"))
      changed.append("tree/\(path)")
    }
    if !changed.isEmpty {
      Issue.record("recorded \(exportCase.testDescription): \(changed.sorted().joined(separator: ", "))")
    }
  }
}
