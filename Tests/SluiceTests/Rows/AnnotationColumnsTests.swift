// The types of columns are those of all annotations of all tasks: whatever reads, and however the bytes are cut.

import ByteScan
import ExportGenerator
import SystemPackage
import Testing

@testable import Sluice

@Suite struct AnnotationColumnsTests {
  private struct Found: Equatable {
    var columns: [ColumnType.Member] = []
    var json = ""
    var error = ""
  }

  private func inspect(
    _ input: TrialInput, _ resources: ResourceOptions, _ onError: ErrorPolicy = .stop,
    findsColumns: Bool = true
  ) throws -> Found {
    try input.withName { name in
      var inspection = Inspection(inputs: [.path(name)], resources: resources)
      inspection.onError = onError
      inspection.findsColumns = findsColumns
      do throws(RunError) {
        let report = try inspection.execute()
        return Found(
          columns: report.annotationColumns, json: report.json.replacing(name.string, with: "INPUT"))
      } catch let failure {
        return Found(error: "\(failure.code.rawValue) \(String(describing: failure.position?.byte))")
      }
    }
  }

  /// What the reference engine finds, after every way of the fast engine has found the same.
  private func agreed(_ bytes: [UInt8], _ onError: ErrorPolicy = .stop, turn: Int = 0) throws -> Found {
    var reference = ResourceOptions(workers: 1)
    reference.engine = .reference
    let expected = try inspect(TrialInput(bytes: bytes), reference, onError)
    for (number, way) in GeneratedExportTests.resources.enumerated() where (number + turn) % 3 == 0 {
      var resources = ResourceOptions(workers: way.workers)
      resources.blockSize = way.blockSize
      resources.kernel = ScanKernel.available[(number + turn) % ScanKernel.available.count]
      if way.isSmall { resources.memory = 84_000_000 + 8 * way.workers * way.blockSize }
      let input = TrialInput(bytes: bytes, way: (number + turn) % 2 == 1 ? .pipe : .file)
      #expect(try inspect(input, resources, onError) == expected, "\(way)")
    }
    return expected
  }

  /// The type of `annotation` over annotations of one task, in the words of a test.
  private func type(_ annotations: String...) throws -> String {
    let text = "{\"task\":{\"tools\":[\(annotations.joined(separator: ","))]}}"
    let columns = try agreed(Array(text.utf8)).columns
    return text.isEmpty ? "" : Self.words(try #require(columns.last).type)
  }

  private static func words(_ type: ColumnType) -> String {
    switch type {
    case .list(let element): "[\(words(element))]"
    case .record(let members): "{\(members.map { "\($0.name):\(words($0.type))" }.joined(separator: " "))}"
    default: "\(type)"
    }
  }

  /// Generated exports of every format and style, and nothing else that is counted changes.
  @Test(arguments: GeneratedExportTests.exports.indices)
  func generated(number: Int) throws {
    let bytes = ExportGenerator(GeneratedExportTests.exports[number]).bytes().bytes
    let found = try agreed(bytes, turn: number)
    #expect(found.error == "")
    #expect(found.columns.map(\.name) == AnnotationColumns.names)
    guard case .record(let members)? = found.columns.last?.type else {
      Issue.record("\(found.columns)")
      return
    }
    for name in ["title", "objectId", "metadata"] { #expect(members.contains { $0.name == name }) }
    let counted = try inspect(
      TrialInput(bytes: bytes), ResourceOptions(workers: 2), findsColumns: false)
    #expect(counted.json == found.json)
  }

  /// A type that holds both of two; null fits every type.
  @Test(arguments: [
    ("1", "2", "integer"), ("1", "2.5", "number"), ("1", "1e3", "number"), ("-7", "null", "integer"),
    ("123456789012345678", "0", "integer"), ("1234567890123456789", "0", "number"), ("1e999", "0", "json"),
    ("1", "\"a\"", "json"), ("\"a\"", "null", "text"), ("true", "false", "boolean"), ("true", "0", "json"),
    ("[]", "[]", "[json]"), ("[]", "[1]", "[integer]"), ("[1]", "[2.5,null]", "[number]"),
    ("[[1,2]]", "[[]]", "[[integer]]"), ("[1]", "1", "json"), ("{}", "{}", "json"),
    ("{}", "{\"a\":1}", "{a:integer}"),
    ("{\"a\":1}", "{\"b\":\"x\"}", "{a:integer b:text}"), ("{\"a\":1}", "[1]", "json"),
    ("{\"a\":1}", "{\"A\":2}", "json"), ("{\"\\ud800\":1}", "{\"a\":1}", "json"),
    ("{\"a\":{\"b\":1}}", "{\"a\":{\"b\":{}}}", "{a:{b:json}}"), ("null", "null", "json"),
    ("{\"\\u0061\":1}", "{\"a\":2.5}", "{a:number}"),
    ("[{\"a\":1}]", "[{\"b\":null}]", "[{a:integer b:json}]"),
  ])
  func widening(first: String, second: String, expected: String) throws {
    #expect(try type("{\"x\":\(first)}", "{\"x\":\(second)}") == "{x:\(expected)}")
    #expect(try type("{\"x\":\(second)}", "{\"x\":\(first)}") == "{x:\(expected)}")
  }

  /// An annotation that is no object makes the column JSON; none at all, too.
  @Test func oddAnnotations() throws {
    #expect(try type("{\"a\":1}", "7") == "json")
    #expect(try type("[1]", "[2]") == "[integer]")
    #expect(try type() == "json")
  }

  /// All lists of all tasks count, current and legacy ones, and neither the history nor what is no task's; the
  /// same of assets that are too long to be held.
  @Test(arguments: [0, 60_000], 0..<3)
  func lists(padding: Int, turn: Int) throws {
    let pad = "\"pad\":\"\(String(repeating: "x", count: padding))\""
    let text = """
      {"task":{"tools":[{"a":1}],"classifications":[{"b":1}],"relations":[{"c":1}],"objects":[{"no":1}],\(pad),
        "stageHistory":[{"tools":[{"no":1}]}]},"tasks":[{"objects":[{"no":1}]}],"tools":[{"no":1}]}
      {"tasks":[{"objects":[{"d":1}],"tools":[{"no":1}]},{"classifications":[{"e":1}]}],\(pad)}
      """
    let columns = try agreed(Array(text.utf8), turn: turn).columns
    #expect(
      Self.words(try #require(columns.last).type) == "{a:integer b:integer c:integer d:integer e:integer}")
  }

  /// So many titles that they are counted in parts: the shape is that of all parts.
  @Test func manyNames() throws {
    let annotations = (0..<12_000).map { number in
      "{\"title\":\"t\(number)\",\"metadata\":{\"createdBy\":\"u\(number)\"},\"part\(number / 3000)\":1}"
    }
    let text = "{\"task\":{\"tools\":[\(annotations.joined(separator: ","))]}}"
    let expected =
      "{metadata:{createdBy:text} part0:integer part1:integer part2:integer part3:integer title:text}"
    let columns = try agreed(Array(text.utf8), turn: 1).columns
    #expect(Self.words(try #require(columns.last).type) == expected)
  }

  /// Columns that repeat members of the annotation are of their types, where those are not the usual ones.
  @Test func repeatedMembers() throws {
    let text = """
      {"task":{"tools":[{"title":7,"page":1.5,"schemaId":null},{"title":"a","objectId":"o"}]}}
      """
    let columns = try agreed(Array(text.utf8)).columns
    let found = Dictionary(columns.map { ($0.name, $0.type) }) { first, _ in first }
    #expect(found["title"] == .json)
    #expect(found["page"] == .number)
    #expect(found["schemaId"] == .text)
    #expect(found["objectId"] == .text)
    #expect(found["batches"] == .list(.text))
  }

  /// More keys than are told, in one annotation or one after another, in pieces of any size.
  @Test(arguments: [1, 9000])
  func manyKeys(each: Int) throws {
    let annotations = stride(from: 0, to: 9000, by: each).map { start in
      "{\"m\":{\((start..<start + each).map { "\"k\($0)\":1" }.joined(separator: ","))},\"n\":{\"x\":1}}"
    }
    let text = "{\"task\":{\"tools\":[\(annotations.joined(separator: ","))]}}"
    let columns = try agreed(Array(text.utf8), turn: 1).columns
    #expect(Self.words(try #require(columns.last).type) == "{m:json n:{x:integer}}")
  }

  /// Faults inside of annotations, which else nobody reads, are found where the reference engine finds them.
  @Test(arguments: ["{\"a\":[01]}", "{\"a\":{\"b\":tru}}", "{\"a\":[1,]}", "{\"a\":\"\\x\"}"])
  func faults(element: String) throws {
    let usual = "{\"title\":\"usual\"}"
    let bad = "{\"task\":{\"tools\":[\(usual),\(element),\(usual)]}}"
    let good = "{\"task\":{\"tools\":[\(usual)]}}"
    for policy in [ErrorPolicy.stop, .skip] {
      _ = try agreed(Array([good, bad, good].joined(separator: "\n").utf8), policy)
    }
  }
}
