// What the tests of this target share: a directory that goes with its owner.

import Foundation
import Storage
import SystemPackage

/// A directory for one test.
final class Folder {
  let path: FilePath

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = try Path.resolve(FilePath(url.path))
  }

  /// Whether names on this file system are bytes: some take only text.
  static let takesAnyName: Bool = {
    guard let folder = try? Folder() else { return false }
    return (try? FileSink(creating: folder.path.pushing(FilePath(bytes: [0x61, 0xFF])))) != nil
  }()

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  subscript(name: String) -> FilePath { path.appending(name) }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: self[name].string))
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: self[name].string)), as: UTF8.self)
  }

  var names: [String] { get throws { try Directory.list(path).map(\.name.string) } }
}

/// The error that `body` throws.
func failure(_ body: () throws -> Void) -> StorageError? {
  do {
    try body()
    return nil
  } catch {
    return error as? StorageError
  }
}
