import Foundation
import SystemPackage
import Testing

@testable import Sluice

@Suite struct ReportCodableTests {
  /// What a run writes is decoded to what it was, and encoded to the same members.
  @Test(arguments: RowKind.allCases) func roundTrip(rows: RowKind) throws {
    let asset =
      #"{"externalId":"Ü\n\#(UUID())","batches":["b"],"task":{"stage":"S","tools":[{"title":"Car","p":1}]}}"#
    let text = "\(asset)\n{\"x\" 1}\n\(asset.replacing("\"b\"", with: ""))\n"
    var options = RunOptions()
    options.rows.kind = rows
    options.onError = .skip
    options.selection.titles = ["Car", "Cat"]
    let report = try TrialInput(bytes: Array(text.utf8)).withName { name in
      try Run(inputs: [.path(name)], output: .nowhere, options: options).execute().report
    }
    #expect(report.warnings.isEmpty == false && report.neverSeen.isEmpty == false && report.biggestRow != nil)
    let decoded = try JSONDecoder().decode(RunReport.self, from: Data(report.text.utf8))
    #expect(decoded.text == report.text)
    let encoded = try JSONEncoder().encode(report)
    #expect(try JSONDecoder().decode(RunReport.self, from: encoded) == decoded)
    let members = try [encoded, Data(report.text.utf8)].map {
      (try JSONSerialization.jsonObject(with: $0) as? [String: Any])?.keys.sorted()
    }
    #expect(members[0] != nil && members[0] == members[1])
  }

  /// A report of a later schema is refused.
  @Test func laterSchema() throws {
    let text = RunReport(countsAnnotations: false).text.replacing("\"schema\":1", with: "\"schema\":2")
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(RunReport.self, from: Data(text.utf8)) }
  }
}
