// Target `manifests`: a small output in which one file is whatever came. `verify` must find what is wrong
// with it, and call an output well only if it is the one that the manifest describes.

import Compression
import Hashing
import Foundation
import Sluice
import SystemPackage

extension FuzzTarget {
  func checkManifests(_ input: inout FuzzInput) -> String? {
    let mode = input.byte() % 4
    let format = input.pick([CompressionFormat.zstd, .gzip, .none])
    let which = input.byte()
    let bytes = input.rest
    do {
      var tree = try SmallTree(format)
      switch mode {
      case 0: return try tree.verify(manifest: bytes)
      // With a sum that is right, whatever it stands behind.
      case 1: return try tree.verify(manifest: SmallTree.sealed(bytes))
      case 2: return try tree.verify(part: bytes, format)
      default: return try tree.verify(replacing: which, with: bytes)
      }
    } catch {
      return "verify failed: \(error)"
    }
  }
}

/// An output of two parts and a reject.
private struct SmallTree {
  private static let row = Array("{\"a\":1}\n".utf8)

  private var files: [String: [UInt8]] = [:]
  /// What the manifest lists, and what it says of their contents.
  private var parts: [(path: String, raw: [UInt8])] = []

  init(_ format: CompressionFormat) throws {
    for (name, raw) in [("a", Self.row), ("b", Self.row + Self.row)] {
      let path = "data/stage=\(name)/part-00000\(format.fileSuffix)"
      let encoder = try PartEncoder(CompressionOptions(format: format, level: 1, workers: 1))
      files[path] = try encoder.compress(raw)
      parts.append((path, raw))
    }
    files["data/_SUCCESS"] = []
    files["report.json"] = Array("{\"schema\":1}\n".utf8)
    files["rejects/rejects.jsonl"] = Array("{\"raw\":\"\"}\n".utf8)
  }

  // MARK: What is tried

  /// The tree with any manifest: if it is well, then because the manifest lists all there is.
  func verify(manifest: [UInt8]) throws -> String? {
    guard let outcome = try verify(with: manifest), outcome.isOK else { return nil }
    let stored = parts.reduce(0) { $0 + (files[$1.path]?.count ?? 0) }
    let rows = parts.reduce(0) { $0 + $1.raw.count / Self.row.count }
    return outcome.parts == parts.count && outcome.rows == rows && outcome.bytes == stored
      ? nil : "well, with \(outcome.parts) parts, \(outcome.rows) rows, \(outcome.bytes) bytes"
  }

  /// The tree with any first part, the manifest brought in line with it.
  mutating func verify(part bytes: [UInt8], _ format: CompressionFormat) throws -> String? {
    let path = parts[0].path
    let decoded = format == .none ? nil : try Decoded(format, bytes)
    if decoded?.isBomb == true { return nil }
    let raw = decoded?.bytes ?? bytes
    files[path] = bytes
    parts[0].raw = raw
    guard let outcome = try verify(with: manifest) else { return "it knows the schema no longer" }
    if outcome.files.contains(where: { $0.path != path || ![.frame, .rows].contains($0.problem) }) {
      return "another file is at fault: \(outcome.files)"
    }
    let isWhole = decoded?.error == nil && raw.last == 0x0A
    if outcome.isOK, !isWhole { return "well, though it cannot be read" }
    // What is compressed must also be framed as engines want it, which most frames are not.
    return !outcome.isOK && isWhole && format == .none ? "not well: \(outcome.files)" : nil
  }

  /// The tree with one file replaced and the manifest as it was: it is that file which is at fault.
  mutating func verify(replacing which: Int, with bytes: [UInt8]) throws -> String? {
    let path = files.keys.sorted()[which % files.count]
    let manifest = manifest
    let isSame = files[path] == bytes
    files[path] = bytes
    guard let outcome = try verify(with: manifest) else { return "it knows the schema no longer" }
    return outcome.files.map(\.path) == (isSame ? [] : [path]) ? nil : "\(path) replaced: \(outcome.files)"
  }

  // MARK: How

  private func verify(with manifest: [UInt8]) throws -> VerifyOutcome? {
    let place = try FuzzPlace()
    for (path, bytes) in files.merging(["manifest.json": manifest], uniquingKeysWith: { $1 }) {
      let file = place.directory.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
    do {
      return try Verifier(directory: FilePath(place.directory.path)).run(workers: 1)
    } catch is VerifyError {
      return nil
    }
  }

  /// A manifest of all files as they are.
  private var manifest: [UInt8] {
    let listed = parts.map { path, raw in
      let newlines = raw.count { $0 == 0x0A }
      return "{\"path\":\"\(path)\",\"rows\":\(newlines),\"rawBytes\":\(raw.count),\(stored(path))}"
    }
    let rejects = "rejects/rejects.jsonl"
    let text = """
      {"schema":1,"generator":"sluice 0","files":[\(listed.joined(separator: ","))],\
      "reportSha256":"\(Self.sum(files["report.json"] ?? []))",\
      "rejects":[{"path":"\(rejects)",\(stored(rejects))}]
      """
    return Self.sealed(Array(text.utf8))
  }

  private func stored(_ path: String) -> String {
    let bytes = files[path] ?? []
    return "\"bytes\":\(bytes.count),\"sha256\":\"\(Self.sum(bytes))\""
  }

  /// A manifest's last member behind the others.
  static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    bytes + Array(",\"sha256\":\"\(sum(bytes))\"}\n".utf8)
  }

  private static func sum(_ bytes: [UInt8]) -> String {
    SHA256.hash(bytes.span).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
