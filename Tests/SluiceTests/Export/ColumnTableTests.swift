// The table of columns against what repeats it for people.

import Foundation
import Testing

@testable import Sluice

@Suite struct ColumnTableTests {
  private func document(_ path: String) throws -> String {
    try String(contentsOf: SourceText.packageRoot.appending(path: path), encoding: .utf8)
  }

  /// Each annotation's own columns stand together, and the annotation stands last: rows are put together from
  /// what is in front of them, these, and what is behind.
  @Test func order() {
    let parts =
      Array(AnnotationColumns.shared) + AnnotationColumns.own + Array(AnnotationColumns.sharedBehind)
    #expect(parts.map(\.name) + ["annotation"] == AnnotationColumns.names)
    #expect(AnnotationColumns.all.last?.source == .annotation)
    #expect(Set(AnnotationColumns.names).count == AnnotationColumns.names.count)
  }

  /// docs/output-format.md lists exactly the table's columns, in their order.
  @Test func outputFormat() throws {
    let text = try document("docs/output-format.md")
    let section = try #require(text.split(separator: "### Annotation rows").last)
    let table = section.split(separator: "\n").drop { !$0.hasPrefix("|---") }.dropFirst().prefix {
      $0.hasPrefix("|")
    }
    let names = table.flatMap { row -> [String] in
      let cell = row.dropFirst().prefix { $0 != "|" }
      if cell.contains("--context") { return [] }
      return cell.matches(of: /`([A-Za-z]+)`/).map { String($0.output.1) }
    }
    #expect(names == AnnotationColumns.names)
  }

  /// So does the table that the recipe for BigQuery defines.
  @Test func bigQuery() throws {
    let text = try document("docs/recipes/bigquery.md")
    let table = try #require(
      text.firstMatch(of: /LOAD DATA OVERWRITE lake.annotations \(\n([^)]*)\n\)/)
    ).output.1
    let names = table.split(separator: "\n").map { String($0.drop { $0 == " " }.prefix { $0 != " " }) }
    #expect(names == AnnotationColumns.names)
  }

  /// The key of each column is one that readers know.
  @Test func keys() {
    // A key without a name is found nowhere, by both engines alike.
    for member in AnnotationMember.allCases {
      let name = member.key.name
      #expect(!name.isEmpty && ExportKey(name.span) == member.key, "\(member)")
    }
    for column in AnnotationColumns.all {
      switch column.source {
      case .asset(let key), .task(let key), .currentTask(let key): #expect(key != .other && !key.name.isEmpty)
      case .member(let member): #expect(AnnotationColumns.members.contains(member))
      case .stage, .kind, .tool, .snapshot, .annotation: break
      }
    }
  }
}
