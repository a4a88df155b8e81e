// The promise that makes outputs comparable: the files of `data` and what the manifest says of them depend on
// the rows and the options alone.

import ByteScan
import Compression
import ExportGenerator
import Foundation
import Storage
import SystemPackage
import Testing

@testable import Sluice

/// What a run left in its directory.
struct OutputTree: Equatable {
  /// The files of `data`.
  var data: [String: Data]
  /// The manifest, less what names the input, the time and the resources.
  var manifest: Data

  /// Runs into a directory, and has the result verified.
  init(_ input: TrialInput, _ options: RunOptions) throws {
    self = try input.withName { name in
      try withTemporaryDirectory { directory in
        let out = directory.appending(path: "out")
        let run = Run(
          inputs: [.path(name)], output: .directory(FilePath(out.path), overwrite: false), options: options)
        _ = try run.execute()
        let verified = try Verifier(directory: FilePath(out.path)).run(workers: 1)
        #expect(verified.isOK, "\(verified.files)")
        return Self(
          data: tree(below: out.appending(path: "data")),
          manifest: try Self.withoutCircumstances(Data(contentsOf: out.appending(path: "manifest.json"))))
      }
    }
  }

  private init(data: [String: Data], manifest: Data) {
    self.data = data
    self.manifest = manifest
  }

  private static func withoutCircumstances(_ manifest: Data) throws -> Data {
    var object = try #require(try JSONSerialization.jsonObject(with: manifest) as? [String: Any])
    // The report names the input, and its sum and the manifest's own follow.
    for key in ["inputs", "createdAt", "reportSha256", "sha256"] { object[key] = nil }
    var options = try #require(object["options"] as? [String: Any])
    for key in ["workers", "memory", "temp", "engine", "kernel", "blockSize"] { options[key] = nil }
    object["options"] = options
    return try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
  }

  /// The names of the parts by directory, in order.
  var parts: [String: [String]] {
    Dictionary(grouping: data.keys.filter { $0.hasSuffix(".jsonl.zst") }) { path in
      path.split(separator: "/").dropLast().joined(separator: "/")
    }.mapValues { paths in paths.map { String($0.split(separator: "/").last ?? "") }.sorted() }
  }
}

/// All that an encoder makes of some bytes.
func encoded(_ bytes: [UInt8], _ format: CompressionFormat) throws -> [UInt8] {
  let encoder = try PartEncoder(CompressionOptions(format: format))
  var stored: [UInt8] = []
  let collect = { (piece: Span<UInt8>) in for index in piece.indices { stored.append(piece[index]) } }
  encoder.begin()
  try encoder.write(bytes.span, to: collect)
  try encoder.finish(to: collect)
  return stored
}

/// Bytes in memory as a stream.
private final class PieceStream: ByteStream {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = min(rest.count, buffer.count)
    unsafe buffer.copyBytes(from: rest.prefix(count))
    rest = rest.dropFirst(count)
    return count
  }
}

/// A ZIP archive of one deflated entry.
func zipped(_ bytes: [UInt8]) throws -> [UInt8] {
  let little = { (value: Int, count: Int) in (0..<count).map { UInt8(value >> ($0 * 8) & 255) } }
  let member = try encoded(bytes, .gzip)
  // A gzip member is a deflate stream between a header of ten bytes and a sum and a length of four each.
  let stream = member.dropFirst(10).dropLast(8)
  let sum = Array(member.suffix(8).prefix(4))
  let name = Array("export.json".utf8)
  let common =
    little(20, 2) + little(0, 2) + little(8, 2) + little(0, 4) + sum + little(stream.count, 4)
    + little(bytes.count, 4) + little(name.count, 2) + little(0, 2)
  let entry = little(0x0403_4B50, 4) + common + name + stream
  let directory = little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 14 - 4) + little(0, 4) + name
  return entry + directory + little(0x0605_4B50, 4) + little(0, 4) + little(1, 2) + little(1, 2)
    + little(directory.count, 4) + little(entry.count, 4) + little(0, 2)
}

@Suite struct OutputDeterminismTests {
  private static let export = ExportGenerator(
    ExportOptions(size: 900_000, seed: 11, style: .minified, format: .mixed, lateContext: true)
  ).bytes().bytes

  /// Rows, parts and partitions of several kinds.
  private static let layouts: [@Sendable (inout RunOptions) -> Void] = [
    { $0.output.targetSize = 20_000 },
    { options in
      options.output.partitionBy = [.stage]
      options.output.targetSize = 5000
    },
    { options in
      options.output.partitionBy = [.stage, .batch]
      options.output.targetSize = 200_000
      options.output.level = 3
      options.rows.history = .drop
    },
  ]

  private static let changes: [(name: String, change: @Sendable (inout RunOptions) -> Void)] =
    [
      ("2 workers", { $0.resources.workers = 2 }), ("8 workers", { $0.resources.workers = 8 }),
      ("blocks of 1000", { $0.resources.blockSize = 1000 }),
      ("blocks of 64 KB on 3 workers", { $0.resources = small($0, workers: 3, blockSize: 65_536) }),
      ("64 MB", { $0.resources.memory = 64_000_000 }), ("1 GB", { $0.resources.memory = 1_000_000_000 }),
      ("spilled all the time", { $0.resources = small($0, workers: 1, blockSize: 4096) }),
      ("the reference engine", { $0.resources.engine = .reference }),
    ]

  private static func small(_ options: RunOptions, workers: Int, blockSize: Int) -> ResourceOptions {
    var resources = options.resources
    resources.workers = workers
    resources.blockSize = blockSize
    resources.memory = 1
    return resources
  }

  private static func options(_ layout: Int) -> RunOptions {
    var options = RunOptions(workers: 1)
    layouts[layout](&options)
    return options
  }

  /// Neither workers nor memory, blocks, kernels or engines change a byte.
  @Test(arguments: layouts.indices)
  func resources(layout: Int) throws {
    let input = TrialInput(bytes: Self.export)
    let expected = try OutputTree(input, Self.options(layout))
    #expect(expected.parts.values.contains { $0.count > 1 } || layout == 2)
    for (name, change) in Self.changes {
      var options = Self.options(layout)
      change(&options)
      #expect(try OutputTree(input, options) == expected, "\(name)")
    }
    for kernel in ScanKernel.available {
      var options = Self.options(layout)
      options.resources.kernel = kernel
      #expect(try OutputTree(input, options) == expected, "\(kernel)")
    }
  }

  /// Neither does the container, nor whether it can be read anywhere.
  @Test func containers() throws {
    let expected = try OutputTree(TrialInput(bytes: Self.export), Self.options(1))
    let forms = [
      Self.export, try encoded(Self.export, .gzip), try encoded(Self.export, .zstd), try zipped(Self.export),
    ]
    for (number, bytes) in forms.enumerated() {
      for way in TrialInput.Way.allCases where bytes.count <= 1 << 20 {
        for blockSize in [1 << 20, 10_000] {
          var options = Self.options(1)
          options.resources.blockSize = blockSize
          options.resources.workers = 2
          #expect(
            try OutputTree(TrialInput(bytes: bytes, way: way), options) == expected, "\(number) \(way)")
        }
      }
    }
  }

  /// With so little memory that most rows go to the spill log, and with so much that none do.
  @Test func spilling() throws {
    var options = Self.options(1)
    options.resources.memory = 1
    options.resources.blockSize = 4096
    #expect(MemoryPlan(options).partitions.waitingBytes < 10_000)
    options.resources.memory = 1_000_000_000
    #expect(MemoryPlan(options).partitions.waitingBytes > 10_000_000)
  }

  /// Parts are numbered from 00000, each reaches the target but the last, and no row is cut or lost.
  @Test(arguments: [5000, 20_000, 200_000], [[], [PartitionKey.stage]])
  func parts(target: Int, keys: [PartitionKey]) throws {
    let input = TrialInput(bytes: Self.export)
    var options = RunOptions(workers: 2)
    options.output.targetSize = target
    options.output.partitionBy = keys
    let output = try OutputTree(input, options)
    var rows: [Substring] = []
    for (directory, names) in output.parts {
      #expect(names == names.indices.map { "part-0000\($0).jsonl.zst" })
      for name in names {
        let stored = Array(try #require(output.data[directory.isEmpty ? name : "\(directory)/\(name)"]))
        #expect(stored.count >= target || name == names.last, "\(directory)/\(name)")
        let text = try decoded(stored)
        #expect(text.last == 0x0A)
        rows += String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
          .dropLast()
      }
    }
    let expected = try TrialOutcome(input, RunOptions(workers: 1)).rows.split(separator: "\n")
    #expect(keys.isEmpty ? rows == expected : rows.sorted() == expected.sorted())
  }

  /// Decodes one frame, behind which there must be nothing.
  private func decoded(_ stored: [UInt8]) throws -> [UInt8] {
    let decoder = try ZstdDecoder(PieceStream(stored))
    var bytes: [UInt8] = []
    while true {
      let piece = try unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
        count = try unsafe decoder.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if piece.isEmpty { return bytes }
      bytes += piece
    }
  }
}
