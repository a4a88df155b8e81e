// What the documents say of the command is held against the command: options, the man page, links.

import Foundation
import Testing

@Suite struct DocumentationTests {
  /// The long options that a text mentions, with their leading dashes.
  private func options(in text: String) -> Set<String> {
    // Targets of links may hold anything.
    let words = text.replacing(/\]\([^)]*\)/, with: "]")
    return Set(words.matches(of: /--[a-z][a-z-]*[a-z]/).map { String($0.output) })
  }

  private func help(_ command: String) throws -> Set<String> {
    options(in: try Command.run(command, "--help-hidden", in: Workspace()).outputText)
  }

  private func document(_ path: String) throws -> String {
    try String(contentsOf: Command.packageRoot.appending(path: path), encoding: .utf8)
  }

  /// The page without roff's escapes of dashes.
  private func manual() throws -> String {
    try document("docs/man/sluice.1").replacing("\\-", with: "-")
  }

  /// Every option that the help shows is described in docs/cli.md and in the man page.
  @Test(arguments: ["run", "verify", "inspect", "bench"])
  func options(of command: String) throws {
    let shown = try help(command)
    try #require(shown.contains("--help"))
    #expect(shown.subtracting(options(in: try document("docs/cli.md"))) == [])
    #expect(shown.subtracting(options(in: try manual())) == [])
  }

  /// The documents name no option that does not exist.
  @Test(arguments: [
    "README.md", "docs/cli.md", "docs/inspect.md", "docs/output-format.md", "docs/man/sluice.1",
  ])
  func inventions(in path: String) throws {
    let known = try help("run").union(help("verify")).union(help("inspect")).union(help("bench"))
    let text = try document(path).replacing("\\-", with: "-")
    #expect(options(in: text).subtracting(known) == [])
  }

  /// The committed man page is what the declarations give; `make manual` writes it.
  @Test func manualIsFresh() throws {
    let script = Command.packageRoot.appending(path: "scripts/manual.sh").path
    let outcome = try Command.shell("'\(script)' \"$SLUICE\"", in: Workspace())
    #expect(outcome.status == 0, "\(outcome.errorText)")
    #expect(outcome.outputText == (try document("docs/man/sluice.1")), "make manual writes it anew")
  }

  /// The code of the article on the library is the tested program's.
  @Test func snippets() throws {
    let article = try document("Sources/Sluice/Sluice.docc/ReadingFromSwift.md")
    let source = try document("Examples/Sources/StageCounts/StageCounts.swift")
    var found = 0
    for match in article.matches(of: /<!-- snippet: ([a-z]+) -->\n```swift\n((?s).*?)```/) {
      let start = try #require(source.firstRange(of: "// snippet: \(match.output.1)\n"))
      let rest = source[start.upperBound...]
      let end = try #require(rest.firstRange(of: "// snippet end"))
      #expect(unindented(rest[..<end.lowerBound]) == unindented(match.output.2), "\(match.output.1)")
      found += 1
    }
    #expect(found == 2)
  }

  /// Lines without what all of them start with.
  private func unindented(_ text: Substring) -> [Substring] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let margin =
      lines.filter { !$0.allSatisfy { $0 == " " } }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return lines.map { $0.dropFirst(margin) }.dropLast()
  }

  /// A link inside the repository leads to a file, and to a heading if it names one.
  @Test func links() throws {
    var found = 0
    for path in try documents() {
      let folder = Command.packageRoot.appending(path: path).deletingLastPathComponent()
      for match in try document(path).matches(of: /\]\(([^)\s]+)\)/) {
        let target = String(match.output.1)
        if target.contains("://") { continue }
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let file =
          parts[0].isEmpty ? Command.packageRoot.appending(path: path) : folder.appending(path: parts[0])
        #expect(FileManager.default.fileExists(atPath: file.path), "\(path): \(target)")
        if parts.count == 2 {
          let text = try? String(contentsOf: file, encoding: .utf8)
          #expect(anchors(in: text ?? "").contains(String(parts[1])), "\(path): \(target)")
        }
        found += 1
      }
    }
    #expect(found > 20)
  }

  /// The Markdown files that people read first, and all below docs.
  private func documents() throws -> [String] {
    let below = try FileManager.default.subpathsOfDirectory(
      atPath: Command.packageRoot.appending(path: "docs").path)
    return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
      + below.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }

  /// What headings are called in links: lower case, punctuation gone, dashes for spaces.
  private func anchors(in text: String) -> Set<String> {
    Set(
      text.matches(of: /(?m)^#+ (.+)$/).map { heading in
        heading.output.1.lowercased()
          .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
          .replacing(" ", with: "-")
      })
  }
}
