// A real directory for one test, and what a directory holds as a value to compare.

import Foundation

/// A directory that goes when the test is over.
final class TemporaryDirectory {
  let path: String

  init() throws {
    let name = "sluice-test-\(UUID().uuidString)"
    path = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/" + name
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names in it, hidden ones too, sorted.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

  /// Puts a file somewhere below.
  func write(_ text: String, to name: String) throws {
    let file = path + "/" + name
    let parent = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
  }
}

/// Every file below `directory` with its bytes; nil where there is no such directory.
func snapshot(_ directory: String) -> [String: Data]? {
  guard FileManager.default.fileExists(atPath: directory) else { return nil }
  var files: [String: Data] = [:]
  for name in FileManager.default.enumerator(atPath: directory) ?? .init() {
    guard let name = name as? String else { continue }
    let path = directory + "/" + name
    if let bytes = FileManager.default.contents(atPath: path) { files[name] = bytes }
  }
  return files
}
