// The smallest output that has everything: two partitions, rejects, uncompressed.

import Storage
import SystemPackage

@testable import Sluice

/// Fills a transaction with a small tree and gives the texts to commit it with.
struct SmallOutput {
  /// Goes into every row, so that two outputs differ.
  var tag = "new"

  func stage(_ transaction: OutputTransaction) throws -> (manifest: [UInt8], report: [UInt8]) {
    var partitions: [PartitionFiles] = []
    for stage in ["Complete", "Needs Review"] {
      let name = PartitionName([(key: .stage, value: Array(stage.utf8))])
      let rows = Array("{\"stage\":\"\(stage)\",\"tag\":\"\(tag)\"}\n{}\n".utf8)
      let sum = try write(rows, to: "data/\(name.directory)/part-00000.jsonl", transaction)
      let part = PartFile(
        name: "part-00000.jsonl", rows: 2, rawBytes: rows.count, bytes: rows.count, sha256: sum)
      partitions.append(PartitionFiles(name: name, parts: [part]))
    }
    let reject = Array("{\"raw\":\"\(tag)\"}\n".utf8)
    let rejectSum = try write(reject, to: "rejects/rejects.jsonl", transaction)
    let report = RunReport(countsAnnotations: false).fileText
    let manifest = ManifestText(
      createdAt: "2026-11-21T05:04:29Z", options: .object([("rows", .text("assets"))]), inputs: [], copies: 0,
      partitions: partitions, reportSha256: Digest.sha256(report),
      rejects: [ManifestReject(path: "rejects/rejects.jsonl", bytes: reject.count, sha256: rejectSum)])
    return (manifest.utf8, report)
  }

  /// Runs a whole transaction.
  func write(
    to directory: String, overwrite: Bool = false, temporaryDirectory: String? = nil,
    system: OutputSystem = OutputSystem()
  ) throws {
    let transaction = try OutputTransaction(
      directory: FilePath(directory), overwrite: overwrite,
      temporaryDirectory: temporaryDirectory.map { FilePath($0) }, system: system)
    let (manifest, report) = try stage(transaction)
    try transaction.commit(manifest: manifest, report: report)
  }

  private func write(_ bytes: [UInt8], to path: String, _ transaction: OutputTransaction) throws -> String {
    let sink = try transaction.createFile(path)
    let hashing = HashingSink(sink)
    try hashing.append(bytes)
    try sink.finish()
    return hashing.sha256
  }
}

/// Verifies an uncompressed output.
func verify(_ directory: String, workers: Int = 2) throws -> VerifyOutcome {
  try Verifier(directory: FilePath(directory)) { stream, _ in stream }.run(workers: workers)
}
