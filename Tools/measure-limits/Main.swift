// What reading, scanning and yajl cost on a file and this machine, without anything that sluice does with
// the result: the limits that its figures are held against. It checks its answer: a file that is read, but
// is not JSON or does not balance, ends with status 1.

import ByteScan
import Glibc
import JSONEvents
import Pipeline
import Sharding
import Storage
import Synchronization
import SystemPackage

/// One way of going through a file.
enum Stage: String, CaseIterable {
  /// Into warm buffers, on all workers.
  case read
  /// The same, and the structural scan of every block.
  case scan
  /// Everything through yajl, on one thread.
  case yajl
}

@main
struct MeasureLimits {
  private static let blockSize = 1 << 20

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3, let stage = Stage(rawValue: arguments[1]) else {
      print("usage: measure-limits read|scan|yajl FILE [WORKERS]")
      exit(64)
    }
    let path = FilePath(arguments[2])
    let source = try FileSource(FileDescriptor.open(path, .readOnly), name: path)
    let workers = arguments.count > 3 ? Int(arguments[3]) ?? 1 : CurrentProcess.processors
    let isRight =
      switch stage {
      case .read: try readAll(source, workers) { _, _ in } == source.size
      case .scan: try scan(source, workers)
      case .yajl: try parse(source)
      }
    if !isRight { exit(1) }
  }

  /// Reads every block on whichever worker is free.
  private static func readAll(
    _ source: FileSource, _ workers: Int, _ body: @escaping @Sendable (Int, Block) -> Void
  ) throws -> Int {
    let pool = BlockPool(blockSize: blockSize)
    let read = Atomic(0)
    let count = (source.size + blockSize - 1) / blockSize
    try WorkerGroup(count: workers).forEach(below: count) { index in
      let block = try unsafe Block(from: pool, offset: index * blockSize) { buffer in
        try unsafe source.read(into: buffer, at: index * blockSize)
      }
      read.add(block.count, ordering: .relaxed)
      body(index, block)
    }
    return read.load(ordering: .relaxed)
  }

  /// Whether the brackets of the file balance, by the sum of what the blocks do.
  private static func scan(_ source: FileSource, _ workers: Int) throws -> Bool {
    let summaries = Mutex<[Int: BlockSummary]>([:])
    _ = try readAll(source, workers) { index, block in
      let escaped = isEscaped(block.offset, in: source)
      let summary = block.withBytes { ScanKernel.best.summarize($0, startsEscaped: escaped) }
      summaries.withLock { $0[index] = summary }
    }
    var state = ScanState()
    for (_, summary) in summaries.withLock({ $0 }).sorted(by: { $0.key < $1.key }) { summary.advance(&state) }
    return state.depth == 0 && !state.inString
  }

  /// Whether an odd run of backslashes, shorter than 64, stands before `offset`.
  private static func isEscaped(_ offset: Int, in source: FileSource) -> Bool {
    var before = [UInt8](repeating: 0, count: min(64, offset))
    let start = offset - before.count
    _ = unsafe before.withUnsafeMutableBytes { try? unsafe source.read(into: $0, at: start) }
    return before.reversed().prefix { $0 == UInt8(ascii: "\\") }.count % 2 == 1
  }

  /// Whether yajl calls the file JSON.
  private static func parse(_ source: FileSource) throws -> Bool {
    let pool = BlockPool(blockSize: blockSize)
    var validator = JSONValidator(allowsMultipleValues: true)
    for offset in stride(from: 0, to: source.size, by: blockSize) {
      let block = try unsafe Block(from: pool, offset: offset) {
        try unsafe source.read(into: $0, at: offset)
      }
      try block.withBytes { try validator.feed($0, at: offset) }
    }
    try validator.endOfInput()
    return true
  }
}
