// The steps of a run, each alone over the same bytes in memory: what a kernel, yajl or zstd can do at best.

import Benchmark
import BenchmarkSupport
import ByteScan
import Compression
import ExportGenerator
import JSONEvents

let benchmarks: @Sendable () -> Void = {
  Benchmark.configure(seconds: 1, warmups: 1)
  for kernel in ScanKernel.available { kernelBenchmarks(kernel) }
  yajlBenchmarks()
  for level in [nil, 1, 3, 9] as [Int?] {
    for workers in [1, 2] { compressBenchmark(level, workers) }
  }
}

/// The structural scan and taking white space out, in one instruction set.
private func kernelBenchmarks(_ kernel: ScanKernel) {
  for style in [ExportStyle.minified, .pretty] {
    let name = "\(kernel.rawValue), \(style.rawValue)"
    Benchmark("scan, \(name)") { (benchmark: Benchmark, input: KernelInput) in
      let bytes = input.bytes
      let summary = benchmark.measureInput(of: bytes.count) {
        kernel.summarize(bytes.span, startsEscaped: false)
      }
      try check("depth", summary.outside.depthChange, is: 0)
      try check("in a string", summary.outside.endsInString, is: false)
      try check("as the portable kernel", summary, is: input.summary)
    } setup: {
      KernelInput(style)
    }
    Benchmark("skip, \(name)") { (benchmark: Benchmark, input: KernelInput) in
      let bytes = input.bytes
      let end = benchmark.measureInput(of: bytes.count) {
        var state = ScanState()
        return kernel.skip(toDepth: 0, in: bytes.span, from: 0, state: &state)
      }
      try check("the last bracket", end, is: bytes.lastIndex(of: UInt8(ascii: "]")))
    } setup: {
      KernelInput(style)
    }
    Benchmark("minify, \(name)") { (benchmark: Benchmark, input: KernelInput) in
      let bytes = input.bytes
      let written = input.withRoom { room in
        benchmark.measureInput(of: bytes.count) {
          var state = ScanState()
          return kernel.minify(bytes.span, into: room, state: &state).written
        }
      }
      try check("minified bytes", written, is: input.minifiedBytes)
    } setup: {
      KernelInput(style)
    }
  }
}

/// What kernels are given, and what they should find.
private final class KernelInput {
  let bytes: [UInt8]
  let minifiedBytes: Int
  let summary: BlockSummary
  private var room: [UInt8]

  init(_ style: ExportStyle) {
    let (bytes, truth) = Inputs.bytes(style: style)
    self.bytes = bytes
    minifiedBytes = truth.minifiedBytes
    summary = ScanKernel.portable.summarize(bytes.span, startsEscaped: false)
    room = Array(repeating: 0, count: bytes.count)
  }

  func withRoom<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result) rethrows -> Result {
    try room.withUnsafeMutableBytes(body)
  }
}

/// yajl, as the judge alone and with all events.
private func yajlBenchmarks() {
  for style in [ExportStyle.minified, .pretty] {
    Benchmark("validate, \(style.rawValue)") {
      (benchmark: Benchmark, input: (bytes: [UInt8], truth: ExportTruth)) in
      try benchmark.measureInput(of: input.bytes.count) {
        var validator = JSONValidator()
        try validator.feed(input.bytes.span, at: 0)
        try validator.endOfInput()
      }
    } setup: {
      Inputs.bytes(style: style)
    }
    Benchmark("events, \(style.rawValue)") {
      (benchmark: Benchmark, input: (bytes: [UInt8], truth: ExportTruth)) in
      let counter = EventCounter()
      try benchmark.measureInput(of: input.bytes.count) {
        var parser = JSONPushParser(counter)
        try parser.feed(input.bytes.span, at: 0)
        try parser.endOfInput()
      }
      try check("assets", counter.assets, is: input.truth.assets)
    } setup: {
      Inputs.bytes(style: style)
    }
  }
}

/// zstd over rows, as a part is written.
private func compressBenchmark(_ level: Int?, _ workers: Int) {
  let name = level.map { "level \($0)" } ?? "default"
  Benchmark("compress, \(name), workers \(workers)") {
    (benchmark: Benchmark, input: (bytes: [UInt8], truth: ExportTruth)) in
    let encoder = try PartEncoder(CompressionOptions(level: level, workers: workers))
    var output: [UInt8] = []
    output.reserveCapacity(input.bytes.count)
    try benchmark.measureInput(of: input.bytes.count) {
      let collect = { (bytes: Span<UInt8>) in bytes.withUnsafeBufferPointer { output += $0 } }
      encoder.begin()
      try encoder.write(input.bytes.span, to: collect)
      try encoder.finish(to: collect)
    }
    let decoder = try ZstdDecoder(MemoryStream(output))
    try check("decompressed bytes", try decoder.count(of: input.bytes), is: input.bytes.count)
  } setup: {
    Inputs.bytes()
  }
}
