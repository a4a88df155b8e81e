// Folders know each other one way. Whoever changes one then needs to understand those before it in the list, and
// none behind.

import Foundation
import Testing

@Suite struct ArchitectureTests {
  /// The folders of `Sources/Sluice`: a file speaks of its own folder and of those before it.
  static let folders = [
    "Support", "Errors", "Options", "Counts", "Input", "Export", "Report", "Rows", "Output", "Engine", "Run",
    "Inspect",
    "Verify", "Bench",
  ]

  /// No file speaks of a type in a later folder, so that there is no cycle either.
  @Test func foldersKnowEachOtherOneWay() throws {
    let files = try SourceText.all(in: "Sources/Sluice")
    #expect(Set(files.map(\.folder)) == Set(Self.folders), "each folder has its place in the list")
    let rank = Dictionary(uniqueKeysWithValues: zip(Self.folders, 0...))
    let homes = Dictionary(
      grouping: files.flatMap { file in file.declared.map { ($0, file.folder) } }, by: \.0)
    for file in files {
      for type in file.mentioned.subtracting(file.nested) {
        let later = (homes[type] ?? []).map(\.1).filter {
          rank[$0, default: 0] > rank[file.folder, default: 0]
        }
        #expect(later == [], "\(file.name) speaks of \(type)")
      }
    }
    // What is not found cannot be wrong: some arrows that are there.
    let engine = files.filter { $0.folder == "Engine" }.map(\.mentioned).reduce(Set()) { $0.union($1) }
    #expect(engine.isSuperset(of: ["AssetFacts", "RunCounts", "RowReceiver", "BlockSource"]))
  }

  /// The documentation has the list, in its order.
  @Test func documentation() throws {
    let path = SourceText.packageRoot.appending(path: "docs/architecture.md")
    let table =
      try String(contentsOf: path, encoding: .utf8).components(separatedBy: "| folder of `Sluice` |").last
      ?? ""
    let rows = table.split(separator: "\n").dropFirst(2).prefix { $0.hasPrefix("|") }
    #expect(rows.map { String($0.split(separator: "`")[1]) } == Self.folders)
  }

  /// Tests stand in folders of the same names; those of `Input` are the tests of inputs through the command.
  @Test func testsMirrorTheSources() throws {
    let files = try SourceText.all(in: "Tests/SluiceTests")
    #expect(
      Set(files.map(\.folder)) == Set(Self.folders).subtracting(["Errors", "Input"]).union(["Architecture"]))
  }

  /// What inspects, verifies and measures is known to nobody.
  @Test(arguments: ["Inspect", "Verify", "Bench"]) func leaves(folder: String) throws {
    let files = try SourceText.all(in: "Sources/Sluice")
    let types = files.filter { $0.folder == folder }.map(\.declared).reduce(Set()) { $0.union($1) }
    for file in files where file.folder != folder {
      #expect(file.mentioned.subtracting(file.nested).intersection(types) == [], "\(file.name)")
    }
  }

  /// Each C module has one wrapper.
  @Test func wrappers() throws {
    let wrappers = [
      "CYajl": "JSONEvents", "CZstd": "Compression", "CZlib": "Compression", "CCrypto": "Hashing",
      "CByteScan": "ByteScan", "CStorage": "Storage",
    ]
    for file in try SourceText.all(in: "Sources") {
      for module in file.imported where module.hasPrefix("C") {
        guard let wrapper = wrappers[module] else { continue }
        #expect(file.folder == wrapper, "\(file.name) imports \(module)")
      }
    }
  }

  /// The C library is seen where it is wrapped, and by programs: the domain needs none.
  @Test func standardLibraryOfC() throws {
    let known: Set = ["Storage", "Pipeline", "ByteScan", "sluice-cli"]
    let importers = try SourceText.all(in: "Sources").filter { $0.imported.contains("Glibc") }
    #expect(Set(importers.map(\.folder)) == known)
  }

  /// Libraries neither print nor end the process.
  @Test func librariesAreQuiet() throws {
    let files = try SourceText.all(in: "Sources")
    for file in files where file.folder != "sluice-cli" {
      #expect(
        file.called.intersection(["print", "exit", "_exit", "fatalError", "abort"]) == [], "\(file.name)")
    }
    #expect(files.contains { $0.called.contains("_exit") }, "calls are found where there are some")
  }
}
