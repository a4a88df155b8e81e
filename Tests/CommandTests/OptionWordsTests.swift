import Foundation
import Testing

@testable import Sluice
@testable import sluice_cli

@Suite struct OptionWordsTests {
  @Test(arguments: [
    ("Raise `memory`, or read less.", "Raise --memory, or read less."),
    ("`memory` or `workers`", "--memory or --workers"),
    ("Use `format = .gzip` or `.none`.", "Use --compression gzip or none."),
    ("Look at `this` and `memory`.", "Look at `this` and --memory."), ("a`b", "a`b"), ("``", "``"), ("", ""),
  ])
  func translates(hint: String, typed: String) {
    #expect(OptionWords.translate(hint) == typed)
  }

  /// The library names no option as it is typed, and none that the command does not know.
  @Test func hintsOfTheLibrary() throws {
    let root = Command.packageRoot.appending(path: "Sources/Sluice")
    var named = Set<String>()
    for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) where path.hasSuffix(".swift")
    {
      let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let code = line.drop { $0 == " " }
        if code.hasPrefix("//") { continue }
        named.formUnion(
          code.split(separator: "`", omittingEmptySubsequences: false).dropFirst().dropLast().map(String.init)
        )
        for option in Self.options where code.replacing("zstd --long=31", with: "").contains(option) {
          Issue.record("\(path) names \(option)")
        }
      }
    }
    #expect(named.isSuperset(of: OptionWords.typed.keys), "each is used")
  }

  /// What is typed for those names, apart from what other programs call alike.
  private static let options = OptionWords.typed.values.filter { $0.hasPrefix("--") }.map { " \($0)" }

  /// Each option of names ends up in the selection: one that is parsed and dropped would filter nothing.
  @Test(arguments: NameOption.allCases) func isHandedOn(option: NameOption) throws {
    let workspace = try Workspace.withInput()
    _ = try Command.run(
      "run", "input.ndjson", "-o", "out", "-q", "--allow-empty", option.flag, "a", "\(option.flag)=b",
      in: workspace)
    let options = try JSONValue(workspace.read("out/manifest.json"))["options"]
    #expect(options?[option.rawValue]?.items.map(\.text) == ["a", "b"])
  }
}
