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
    "README.md", "docs/cli.md", "docs/examples.md", "docs/inspect.md", "docs/output-format.md",
    "docs/man/sluice.1",
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

  /// What the documents tell people to make can be made, and CONTRIBUTING.md leaves out nothing that can.
  @Test func targets() throws {
    let known = Set(
      try document("Makefile").matches(of: /(?m)^([a-z-]+):/).map { String($0.output.1) })
    var named: [String: Set<String>] = [:]
    for path in try documents() {
      named[path] = Set(
        try document(path).matches(of: /(?m)(?:`|^)make ([a-z-]+)/).map { String($0.output.1) })
      #expect(named[path, default: []].subtracting(known) == [], "\(path)")
    }
    let shown = named["CONTRIBUTING.md", default: []]
    #expect(
      known.subtracting(shown).subtracting(["build", "release", "setup", "lint", "warnings", "install"]) == []
    )
  }

  /// Each source file, folder and module that the architecture names, in words or in its drawing, is there.
  @Test func architecture() throws {
    let text = try document("docs/architecture.md")
    let words = text.matches(of: /`([A-Za-z-]+(\/[A-Za-z+]+)*(\.swift)?)`/).map { String($0.output.1) }
    let drawn = try document("docs/img/data-path.svg").matches(of: />([A-Za-z]+\/[A-Za-z\/]+\.swift)</)
      .map { String($0.output.1) }
    let table = text.matches(of: /(?m)^\| (`[^|]+) \|/).flatMap { row in
      row.output.1.matches(of: /`([A-Za-z-]+)`/).map { String($0.output.1) }
    }
    let paths = words.filter { $0.hasSuffix(".swift") || $0.contains("/") && $0.first?.isUppercase == true }
    let sources = try ["Sources", "Tools"].flatMap { try below($0) }
    for path in paths + drawn + table {
      #expect(exists(path) || sources.contains { $0 == path || $0.hasSuffix("/" + path) }, "\(path)")
    }
    #expect(paths.count > 30 && drawn.count > 20 && table.count >= 10)
  }

  /// All paths below a folder of the package.
  private func below(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: Command.packageRoot.appending(path: folder).path)
  }

  private func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: Command.packageRoot.appending(path: path).path)
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
    return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Fixtures/README.md"]
      + (try below("docs")).filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
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
