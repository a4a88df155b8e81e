// Options that cannot be carried out are refused before anything is read. The command says the same of its own
// options, in its own words.

internal import Compression
internal import Storage

extension Run {
  /// Refuses what a run cannot do.
  ///
  /// - Throws: `RunError` with the code `.options`.
  func check() throws(RunError) {
    try options.check()
    if case .directory(let path, _) = output, let refusal = Address.refusal(of: path) {
      throw .refused(refusal)
    }
    guard case .rows(let longest, _) = output else { return }
    if longest < 1 { throw .refused("a row has at least one byte, not \(longest)") }
    if longest > options.resources.memory / 2 {
      throw .refused("rows of \(longest) bytes need twice as much memory, at least")
    }
  }
}

extension RunOptions {
  /// Refuses what cannot be carried out, wherever rows go.
  func check() throws(RunError) {
    try resources.check()
    try output.check()
    try checkRows()
  }
}

extension ResourceOptions {
  /// Refuses what nothing can work with; more memory, depth or input than there can be is no limit.
  func check() throws(RunError) {
    if !(1...200).contains(workers) { throw .refused("there are 1 to 200 workers, not \(workers)") }
    if memory < 1 { throw .refused("\(memory) bytes of memory are too few") }
    if !(1...1 << 30).contains(blockSize) { throw .refused("a block has 1 byte to 1 GiB, not \(blockSize)") }
    if maxDepth < 1 { throw .refused("an asset nests at least 1 deep, not \(maxDepth)") }
    if let maxInputSize, maxInputSize < 1 {
      throw .refused("an input has at least one byte, not \(maxInputSize)")
    }
  }
}

extension OutputOptions {
  /// Whether names of parts may start with `name`: one file of a directory, and none that readers leave out.
  package static func isPartName(_ name: String) -> Bool {
    !name.isEmpty && !name.utf8.contains { $0 == 0x2F || $0 == 0 } && !name.hasPrefix(".")
      && !name.hasPrefix("_") && name.utf8.count <= 200
  }

  /// The windows that readers of lakes take, as powers of two.
  package static let windows = 10...23

  fileprivate func check() throws(RunError) {
    if let level, format.coder.levels?.contains(level) != true {
      throw .refused("\(format.rawValue) has no level \(level)")
    }
    if let long, format != .zstd || !Self.windows.contains(long) {
      throw .refused("only zstd has a window to match over, of 2^10 to 2^23 bytes; long is \(long)")
    }
    if targetSize < 1 { throw .refused("a part has at least one byte, not \(targetSize)") }
    if !Self.isPartName(name) { throw .refused("'\(name)' cannot start the name of a part") }
    if Set(partitionBy).count < partitionBy.count { throw .refused("a key stands twice in partitionBy") }
  }
}

extension RunOptions {
  fileprivate func checkRows() throws(RunError) {
    if let limit = rows.limit, limit < 0 { throw .refused("the limit is negative: \(limit)") }
    if rows.kind == .annotations {
      if rows.prune { throw .refused("annotation rows have only what matches; prune is for asset rows") }
      return try rows.checkContext()
    }
    if rows.history == .rows { throw .refused("rows of stageHistory need annotation rows") }
    if !rows.context.isEmpty { throw .refused("context columns need annotation rows") }
    if rows.prune, !selection.looksAtAnnotations { throw .refused("prune needs titles or excludedTitles") }
    if let key = output.partitionBy.first(where: { $0 != .stage && $0 != .batch }) {
      throw .refused("partitions by \(key.rawValue) need annotation rows")
    }
  }
}

extension RowOptions {
  fileprivate func checkContext() throws(RunError) {
    if context.count > 60 { throw .refused("there are at most 60 context columns, not \(context.count)") }
    // As UTF-8: two spellings of one letter are equal strings, but two columns.
    var names = Set(AnnotationColumns.names.map { Array($0.utf8) })
    for key in context {
      if key.name.isEmpty { throw .refused("a context column has no name") }
      if AnnotationColumns.isSource(key) {
        throw .refused("'\(key.text)' is what annotation rows are made of, and no context column")
      }
      if !names.insert(Array(key.name.utf8)).inserted {
        throw .refused("there are two columns '\(key.name)'")
      }
    }
  }
}

extension RunError {
  fileprivate static func refused(_ message: String) -> RunError { RunError(.options, message) }
}
