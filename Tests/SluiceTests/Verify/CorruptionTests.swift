// Compressed parts that were damaged after they were written: whatever byte it is, verify finds it and names the
// file. `VerifierTests` does the same to plain parts, the manifest and the report.

import Compression
import Foundation
import SystemPackage
import Testing

@testable import Sluice

@Suite struct CorruptionTests {
  private static let input = """
    {"externalId":"a","batches":[],"task":{"stage":"Complete","tools":[]}}
    {"externalId":"b","batches":[],"task":{"stage":"Review","tools":[]}}
    {"externalId":"c","x":tru}

    """

  /// Each byte of a part and of the rejects, changed in one bit, or cut off with all behind it.
  @Test(arguments: ["zstd", "gzip", "none"])
  func everyByte(format: String) throws {
    let base = try TemporaryDirectory()
    try base.write(Self.input, to: "input.ndjson")
    let out = base.path + "/out"
    var options = RunOptions(workers: 1)
    options.onError = .reject
    options.output.partitionBy = [.stage]
    options.output.format = try #require(.init(rawValue: format))
    _ = try Run(
      inputs: [.path(FilePath(base.path + "/input.ndjson"))],
      output: .directory(FilePath(out), overwrite: false),
      options: options
    ).execute()
    let verifier = Verifier(directory: FilePath(out))
    let files = try #require(snapshot(out)).filter {
      $0.key.hasPrefix("data/") || $0.key.hasPrefix("rejects/")
    }
    #expect(files.count == 4)
    for (name, bytes) in files {
      let url = URL(fileURLWithPath: out + "/" + name)
      for index in bytes.indices {
        var damaged = bytes
        damaged[index] ^= 1 << (index % 8)
        try damaged.write(to: url)
        #expect(try verifier.run(workers: 1).files == [.init(path: name, problem: .hash)], "\(name) \(index)")
        try bytes.prefix(index).write(to: url)
        #expect(try verifier.run(workers: 1).files == [.init(path: name, problem: .size)], "\(name) \(index)")
      }
      try bytes.write(to: url)
    }
    #expect(try verifier.run(workers: 1).isOK)
  }

  /// A part that has another's place is found, though it is a whole one.
  @Test func swappedParts() throws {
    let base = try TemporaryDirectory()
    try base.write(Self.input, to: "input.ndjson")
    let out = base.path + "/out"
    var options = RunOptions(workers: 1)
    options.onError = .skip
    options.output.partitionBy = [.stage]
    _ = try Run(
      inputs: [.path(FilePath(base.path + "/input.ndjson"))],
      output: .directory(FilePath(out), overwrite: false),
      options: options
    ).execute()
    let parts = ["Complete", "Review"].map { out + "/data/stage=\($0)/part-00000.jsonl.zst" }
    try FileManager.default.moveItem(atPath: parts[0], toPath: base.path + "/other")
    try FileManager.default.moveItem(atPath: parts[1], toPath: parts[0])
    try FileManager.default.moveItem(atPath: base.path + "/other", toPath: parts[1])
    let found = try Verifier(directory: FilePath(out)).run(workers: 2).files
    #expect(found.map(\.path).sorted() == parts.map { String($0.dropFirst(out.count + 1)) })
  }
}
