// What a measurement found, and what it says to machines.

internal import Storage
internal import SystemPackage

/// One figure.
public struct BenchStage: Sendable {
  /// What was measured.
  public enum Name: String, Sendable {
    /// Reading a plain file into warm buffers.
    case read
    /// Reading and decompressing one that is packed.
    case decompress
    /// Finding strings and brackets, in memory.
    case scan
    /// yajl over all of it, in memory.
    case yajl
    /// The run without compression.
    case filter
    /// Taking white space out, in memory.
    case minify
    /// Compressing it as if all were kept, in memory.
    case compress
    /// The run as it would be, but that nothing is written.
    case run
  }

  /// What was measured.
  public var name: Name
  /// The compression level; nil for the default, and where nothing is compressed.
  public var level: Int?
  /// How many workers there were.
  public var workers: Int
  /// Bytes of the input, decompressed; those of a sample count as often as they were gone over.
  public var bytes: Int
  /// Bytes that came out.
  public var outputBytes: Int?
  /// How long it took.
  public var seconds: Double
  /// The part of a run's time on all workers that this step takes; nil where it is none of its steps.
  public var share: Double?

  /// Millions of bytes of the input in a second.
  public var megabytesPerSecond: Double { seconds > 0 ? Double(bytes) / 1e6 / seconds : 0 }
}

/// All figures.
public struct BenchResult: Sendable {
  /// The processor's name, if the system tells.
  public var processor: String?
  /// How many processors the process may use.
  public var cores: Int
  /// The input as it was named.
  public var inputName: String
  /// Its stored length.
  public var inputBytes: Int
  /// How many of its first bytes were gone over in memory.
  public var sampleBytes: Int
  /// The figures, in the order of a run's steps, each step by workers.
  public var stages: [BenchStage]
  /// The step that takes most of a run.
  public var limit: BenchStage.Name
  /// What can be done about it.
  public var advice: String

  /// The line of `bench --json`, with its newline.
  public var json: String {
    let all = JSONText.object([
      ("schema", .int(1)),
      ("machine", .object([("cpu", .text(processor)), ("cores", .int(cores))])),
      ("input", .object([("name", .text(inputName)), ("bytes", .int(inputBytes))])),
      ("stages", .array(stages.map(\.json))),
      ("limit", .object([("stage", .text(limit.rawValue)), ("advice", .text(advice))])),
    ])
    return String(decoding: all.utf8, as: UTF8.self) + "\n"
  }

  /// The processor's name as Linux shows it.
  static func processorName() -> String? {
    guard let file = try? unsafe FileDescriptor.open("/proc/cpuinfo", .readOnly) else { return nil }
    defer { try? file.close() }
    var text = [UInt8](repeating: 0, count: 4096)
    let count = unsafe (try? text.withUnsafeMutableBytes { try unsafe file.read(into: $0) }) ?? 0
    let lines = String(decoding: text[..<count], as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("model name") }) else { return nil }
    return line.firstIndex(of: ":").map { colon in String(line[colon...].dropFirst().drop { $0 == " " }) }
  }
}

extension BenchStage {
  fileprivate var json: JSONText {
    .object([
      ("name", .text(name.rawValue)), ("level", .number(level)), ("workers", .int(workers)),
      ("bytes", .int(bytes)), ("outputBytes", .number(outputBytes)), ("seconds", .rounded(seconds)),
      ("mbPerSecond", .rounded(megabytesPerSecond)), ("share", share.map { .rounded($0) } ?? .null),
    ])
  }
}

extension JSONText {
  /// A number without digits that mean nothing.
  fileprivate static func rounded(_ value: Double) -> JSONText { .double((value * 1e4).rounded() / 1e4) }
}
