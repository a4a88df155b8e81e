// Where an input is tried that needs files.

import Foundation

/// A directory in memory, if there is one, that goes with its owner.
final class FuzzPlace {
  let directory: URL

  init() throws {
    let shared = URL(filePath: "/dev/shm")
    let isShared = FileManager.default.isWritableFile(atPath: shared.path)
    let parent = isShared ? shared : FileManager.default.temporaryDirectory
    directory = parent.appending(path: "sluice-fuzz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }
}
