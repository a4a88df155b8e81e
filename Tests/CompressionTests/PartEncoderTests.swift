import Compression
import Pipeline
import Testing

@Suite struct PartEncoderTests {
  /// What a part's bytes may depend on: its rows and the options, never workers or the cutting of writes.
  ///
  /// Sizes include a whole number of 2 MiB jobs, where libzstd left alone depends on timing.
  @Test(arguments: [5, 70_000, 2 << 20, (6 << 20) + 12_345])
  func zstdBytesDependOnRowsAlone(size: Int) throws {
    let rows = [UInt8](annotationRows(size / 90 + 10)[..<size])
    let expected = try encode(rows, with: PartEncoder(CompressionOptions(workers: 1)))
    for workers in [1, 2, 4, 8] {
      let encoder = try PartEncoder(CompressionOptions(workers: workers))
      // Single bytes only where a debug build has time for them.
      for piece in [1, 7, 4096, 1 << 20, Int.max] where piece >= 4096 || size <= 70_000 {
        #expect(try encode(rows, with: encoder, piece: piece) == expected, "\(workers) \(piece)")
      }
    }
    #expect(try ZstdDecoder(MemoryStream(expected)).readAll() == rows)
  }

  /// Checkpoints at the same raw positions give the same bytes, however often the part is made.
  @Test(arguments: CompressionFormat.allCases)
  func checkpointsAreReproducible(format: CompressionFormat) throws {
    let rows = annotationRows(30_000)
    let stops = [0, 1, 1000, 1000, 1 << 20, rows.count].filter { $0 <= rows.count }.reduce(into: [Int]()) {
      if $0.last != $1 { $0.append($1) }
    }
    let expected = try encode(
      rows, with: PartEncoder(CompressionOptions(format: format)), checkpoints: stops)
    for workers in [1, 2, 4, 8] {
      let encoder = try PartEncoder(CompressionOptions(format: format, workers: workers))
      for piece in [999, 4096, Int.max] {
        #expect(try encode(rows, with: encoder, piece: piece, checkpoints: stops) == expected)
      }
    }
  }

  /// An encoder that made a part makes the next as a new one would, also after a part that was dropped.
  @Test(arguments: CompressionFormat.allCases)
  func reuseLeavesNoTrace(format: CompressionFormat) throws {
    let encoder = try PartEncoder(CompressionOptions(format: format, workers: 2))
    let first = annotationRows(3000, seed: 1)
    let second = annotationRows(20_000, seed: 2)
    let expected = try encode(second, with: PartEncoder(CompressionOptions(format: format)))
    _ = try encode(first, with: encoder)
    #expect(try encode(second, with: encoder) == expected)
    encoder.begin()
    try encoder.write(first.span) { _ in }
    #expect(try encode(second, with: encoder) == expected)
  }

  /// gzip's bytes don't depend on how writes are cut either, stored blocks (level 0) included.
  @Test(arguments: [0, 1, 6, 9])
  func gzipBytesDependOnRowsAlone(level: Int) throws {
    let rows = annotationRows(3000)
    let expected = try encode(rows, .gzip, level: level)
    let encoder = try PartEncoder(CompressionOptions(format: .gzip, level: level))
    for piece in [1, 7, 4096, 131_072] {
      #expect(try encode(rows, with: encoder, piece: piece) == expected)
    }
    #expect(try GzipDecoder(MemoryStream(expected)).readAll() == rows)
  }

  /// A gzip part names no file and no time and always the same system.
  @Test func gzipHeaderIsFixed() throws {
    #expect(try encode([65], .gzip)[..<10] == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])
  }

  /// No level and no window asked for makes a frame that needs more than 8 MiB; the checksum is always on.
  @Test(arguments: [-5, 1, 3, 19, 22])
  func windowStaysReadable(level: Int) throws {
    let part = try encode(annotationRows(10), .zstd, level: level)
    // Frame header: descriptor with the checksum bit and no single segment, then the window byte.
    #expect(part[4] & 0x04 != 0)
    #expect(part[4] & 0x20 == 0)
    #expect(Int(part[5] >> 3) + 10 <= 23)
  }

  /// What is out of range is refused with a reason, not clamped in silence.
  @Test(arguments: [
    CompressionOptions(level: 23), CompressionOptions(long: 24), CompressionOptions(long: 9),
    CompressionOptions(workers: 0), CompressionOptions(format: .gzip, level: 10),
    CompressionOptions(format: .gzip, level: -1), CompressionOptions(format: .gzip, long: 20),
  ])
  func badOptionsAreRefused(options: CompressionOptions) {
    let error = #expect(throws: CompressionError.self) { try PartEncoder(options) }
    #expect(error?.code == .badOption)
  }

  /// A part without rows is still a valid stream, the same for any number of workers.
  @Test(arguments: CompressionFormat.allCases)
  func emptyPart(format: CompressionFormat) throws {
    let expected = try encode([], with: PartEncoder(CompressionOptions(format: format)))
    #expect(try encode([], with: PartEncoder(CompressionOptions(format: format, workers: 4))) == expected)
    switch format {
    case .zstd: #expect(try ZstdDecoder(MemoryStream(expected)).readAll().isEmpty)
    case .gzip: #expect(try GzipDecoder(MemoryStream(expected)).readAll().isEmpty)
    case .none: #expect(expected.isEmpty)
    }
  }

  /// A sink's error comes out as it is, and the encoder serves the next part.
  @Test(arguments: CompressionFormat.allCases)
  func sinkErrorsPassThrough(format: CompressionFormat) throws {
    struct DiskFull: Error {}
    let encoder = try PartEncoder(CompressionOptions(format: format, workers: 2))
    let rows = annotationRows(1000)
    encoder.begin()
    #expect(throws: DiskFull.self) {
      try encoder.write(rows.span) { _ in throw DiskFull() }
      try encoder.finish { _ in throw DiskFull() }
    }
    let expected = try encode(rows, format)
    #expect(try encode(rows, with: encoder) == expected)
  }

  /// Whoever writes works only while it and libzstd's threads are within the limit; the bytes don't tell.
  @Test(arguments: [1, 2, 3]) func jobsStayWithinTheLimit(limit: Int) throws {
    let rows = annotationRows(100_000)
    let expected = try encode(rows, with: PartEncoder(CompressionOptions()))
    let threads = ThreadLimit(limit)
    let encoder = try PartEncoder(CompressionOptions(workers: limit), threads: threads)
    threads.enter()
    encoder.begin()
    var part: [UInt8] = []
    for start in stride(from: 0, to: rows.count, by: 64 << 10) {
      try encoder.write(rows.span.extracting(start..<min(rows.count, start + (64 << 10)))) {
        append($0, to: &part)
      }
      #expect(encoder.activeJobs < limit)
    }
    try encoder.settle { append($0, to: &part) }
    #expect(encoder.activeJobs == 0)
    try encoder.finish { append($0, to: &part) }
    #expect(part == expected)
    // All room is there again but the writer's own.
    for _ in 1..<limit { #expect(threads.tryEnter()) }
    #expect(!threads.tryEnter())
  }

  /// A part that fails leaves no threads counted: workers would wait for them for ever.
  @Test func failureGivesRoomBack() throws {
    struct DiskFull: Error {}
    let threads = ThreadLimit(2)
    let encoder = try PartEncoder(CompressionOptions(workers: 2), threads: threads)
    let rows = annotationRows(100_000)
    threads.enter()
    encoder.begin()
    #expect(throws: DiskFull.self) {
      try encoder.write(rows.span) { _ in throw DiskFull() }
      try encoder.settle { _ in throw DiskFull() }
    }
    #expect(threads.tryEnter())
  }

  /// The estimate holds even for bytes that don't compress, the worst there are.
  @Test(arguments: [
    CompressionOptions(workers: 2), CompressionOptions(workers: 6), CompressionOptions(level: 3, workers: 2),
    CompressionOptions(level: -3, long: 23, workers: 3), CompressionOptions(level: 12, workers: 2),
    CompressionOptions(level: 22, workers: 2),
  ])
  func allocationStaysBelowEstimate(options: CompressionOptions) throws {
    var random = SplitMix64(3)
    let noise = (0..<1 << 17).flatMap { _ in le(random.next()) }
    let encoder = try PartEncoder(options)
    encoder.begin()
    for _ in 0..<(options.level ?? 0 > 20 ? 9 : 40) { try encoder.write(noise.span) { _ in } }
    try encoder.finish { _ in }
    #expect(encoder.allocatedMemory > 1 << 20)
    #expect(encoder.allocatedMemory <= PartEncoder.estimatedMemory(options))
  }

  /// The planner's figure: it grows with workers, and the default stays under 60 MB for two.
  @Test func memoryEstimate() {
    let two = PartEncoder.estimatedMemory(CompressionOptions(workers: 2))
    #expect((14 << 20)...60_000_000 ~= two)
    #expect(PartEncoder.estimatedMemory(CompressionOptions(workers: 8)) > two)
  }
}

private func append(_ bytes: Span<UInt8>, to part: inout [UInt8]) {
  for index in bytes.indices { part.append(bytes[index]) }
}
