// What the tests of the output side share: a directory that goes with its owner, and trees as values.

import Foundation
import Storage
import SystemPackage

@testable import Sluice

/// A directory for one test.
final class TestTree {
  let root: String

  init() throws {
    // In memory where that can be: these tests write some thousand files and synchronize each.
    let memory = URL(filePath: "/dev/shm")
    let isThere = FileManager.default.isWritableFile(atPath: memory.path)
    let parent = isThere ? memory : FileManager.default.temporaryDirectory
    let url = parent.appending(path: "sluice-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    root = try Path.resolve(FilePath(url.path)).string
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ name: String) -> String { root + "/" + name }

  func write(_ name: String, _ text: String) throws {
    try Directory.createWithParents(Path.parent(of: FilePath(path(name))))
    try Data(text.utf8).write(to: URL(filePath: path(name)))
  }

  /// The names directly in a directory, hidden ones too.
  func names(_ name: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
  }

  /// Every file below a path with its text; nil if there is nothing.
  func files(_ name: String) -> [String: String]? {
    guard FileManager.default.fileExists(atPath: path(name)) else { return nil }
    var found: [String: String] = [:]
    for inner in (try? FileManager.default.subpathsOfDirectory(atPath: path(name))) ?? [] {
      let file = path(name) + "/" + inner
      var isDirectory: ObjCBool = false
      guard unsafe FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory),
        !isDirectory.boolValue
      else { continue }
      found[inner] = (try? Data(contentsOf: URL(filePath: file))).map { String(decoding: $0, as: UTF8.self) }
    }
    return found
  }
}

/// A small tree as a run makes it, told from others by a word.
enum SampleTree {
  static func files(_ word: String) -> [String: String] {
    [
      "data/_SUCCESS": "", "data/stage=a/part-00000.jsonl": "\(word)\n",
      "data/stage=\(word)/part-00000.jsonl": "{}\n", "manifest.json": manifest(word),
      "report.json": "report \(word)\n",
    ]
  }

  private static func manifest(_ word: String) -> String {
    ManifestText.start + "0\",\"word\":\"\(word)\"}\n"
  }

  /// Stages the tree and commits it.
  static func commit(_ word: String, to transaction: OutputTransaction) throws {
    for (path, text) in files(word).sorted(by: { $0.key < $1.key }) where path.contains("part-") {
      let sink = try transaction.createFile(path)
      try sink.append(Array(text.utf8))
      try sink.finish()
    }
    try transaction.commit(manifest: Array(manifest(word).utf8), report: Array("report \(word)\n".utf8))
  }

  /// Stages and commits into `directory`.
  static func commit(
    _ word: String, to directory: String, overwrite: Bool = false, system: OutputSystem = OutputSystem()
  ) throws {
    let transaction = try OutputTransaction(
      directory: FilePath(directory), overwrite: overwrite, system: system)
    try commit(word, to: transaction)
  }
}
