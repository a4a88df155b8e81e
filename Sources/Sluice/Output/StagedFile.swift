// Files of an output that is being staged.

internal import Storage

/// A file of the output that becomes durable together with others.
final class StagedFile: PartDestination {
  private let sink: FileSink
  private let transaction: OutputTransaction

  init(_ path: String, _ transaction: OutputTransaction) throws {
    self.transaction = transaction
    sink = try transaction.createFile(path)
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws { try unsafe sink.append(bytes) }
  func finish() throws { try transaction.finish(sink) }
}

/// A file of the output whose sum is taken as it is written.
final class HashingFile {
  /// Its place in the output.
  let path: String
  private let file: StagedFile
  private let sum: HashingSink

  init(_ path: String, _ transaction: OutputTransaction) throws {
    self.path = path
    file = try StagedFile(path, transaction)
    sum = HashingSink(file)
  }

  /// How many bytes it has.
  var count: Int { sum.count }
  /// Their SHA-256.
  var sha256: String { sum.sha256 }

  func append(_ bytes: [UInt8]) throws { try sum.append(bytes) }
  func finish() throws { try file.finish() }
}
