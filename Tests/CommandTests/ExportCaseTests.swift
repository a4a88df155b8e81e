// Every case of Fixtures/exports through both engines. With SLUICE_RECORD=1 the fast engine's answers replace
// expected files that differ, and the test fails so that nobody takes a recording for a check.

import Foundation
import Testing

@Suite struct ExportCaseTests {
  static let recording = ProcessInfo.processInfo.environment["SLUICE_RECORD"] == "1"

  /// The contract, sentence by sentence, whichever engine runs.
  @Test(arguments: ExportCase.all, ["fast", "reference"])
  func expectation(exportCase: ExportCase, engine: String) throws {
    let result = try CaseResult(running: exportCase, engine: engine)
    if Self.recording {
      if engine == "fast" { try record(result, for: exportCase) }
      return
    }
    let rule = (try? String(contentsOf: exportCase.file("rule"), encoding: .utf8)) ?? ""
    let comment = Comment(rawValue: rule + result.errorText)
    let status = exportCase.expected("status").map { String(decoding: $0, as: UTF8.self) }
    #expect("\(result.status)\n" == status, comment)
    if let pattern = exportCase.expected("stderr") {
      #expect(matches(result.errorText, pattern: String(decoding: pattern, as: UTF8.self)), comment)
    }
    #expect(result.leftovers == [], comment)
    checkOutput(result, of: exportCase, comment)
    checkReport(result, of: exportCase, comment)
  }

  /// Every case is whole: a directory without these files would pass unseen.
  @Test func casesAreComplete() {
    #expect(ExportCase.all.count > 100)
    for exportCase in ExportCase.all {
      #expect(exportCase.expected("status") != nil, "\(exportCase.testDescription)")
      #expect(
        FileManager.default.fileExists(atPath: exportCase.file("rule").path), "\(exportCase.testDescription)")
    }
  }

  private func checkOutput(_ result: CaseResult, of exportCase: ExportCase, _ comment: Comment) {
    if let rows = exportCase.expected("rows.jsonl") {
      #expect(
        result.rows.map { String(decoding: $0, as: UTF8.self) } == String(decoding: rows, as: UTF8.self),
        comment)
      #expect(result.rows == rows, comment)
    }
    let tree = (try? files(below: exportCase.file("expected/tree"))) ?? [:]
    #expect(result.tree.keys.sorted() == tree.keys.sorted(), comment)
    for (path, content) in tree {
      let found = result.tree[path] ?? Data()
      let texts = [found, content].map { String(decoding: $0, as: UTF8.self) }
      #expect(Self.agree(path, found, content), "\(path): \(texts[0]) is not \(texts[1]) \(comment)")
    }
  }

  /// Whether a file of the tree is as expected: byte for byte, but for the wording of rejects.
  static func agree(_ path: String, _ found: Data, _ wanted: Data) -> Bool {
    guard path == "rejects/rejects.jsonl" else { return found == wanted }
    return rejects(String(decoding: found, as: UTF8.self)) == rejects(String(decoding: wanted, as: UTF8.self))
  }

  /// The lines of rejects.jsonl; their codes and messages are worded by the command, but never empty.
  private static func rejects(_ text: String) -> [JSONValue?] {
    text.split(separator: "\n").map { line in
      guard case .object(var members)? = try? JSONValue(line) else { return nil }
      for key in ["code", "message"] where members[key]?.text?.isEmpty == false {
        members[key] = .string("<...>")
      }
      return .object(members)
    }
  }

  private func checkReport(_ result: CaseResult, of exportCase: ExportCase, _ comment: Comment) {
    guard let data = exportCase.expected("report.json"), let wanted = try? JSONValue(data) else { return }
    guard let report = result.report else {
      Issue.record("no report", sourceLocation: #_sourceLocation)
      return
    }
    let keys = wanted.keys
    #expect(ReportFacts(report, keys: keys) == ReportFacts(wanted, keys: keys), comment)
    if let warned = exportCase.expected("warned") {
      let says = report["warnings"]?.items.isEmpty == false ? "yes\n" : "no\n"
      #expect(says == String(decoding: warned, as: UTF8.self), comment)
    }
  }
}
