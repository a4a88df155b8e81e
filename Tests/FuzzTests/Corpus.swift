// What fuzzing starts from: every fixture and small generated exports of all layouts and generations.

import ExportGenerator
import Foundation

/// Texts to mutate.
enum Corpus {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  /// The fixtures, the smaller ones and no archives: a mutated container is for the decoders' own tests.
  static let texts: [[UInt8]] =
    inputs(in: "exports").filter { $0.count < 40_000 && !isContainer($0) } + inputs(in: "conformance")

  /// Everything that once was a find.
  static let regressions: [(name: String, bytes: [UInt8])] = named(in: "regressions")

  /// A text to start from: an export, or several in a row.
  static func random(_ random: inout SplitMix64) -> [UInt8] {
    var text = one(&random)
    guard random.oneIn(4) else { return text }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      text += Array(random.pick(["", "\n", " ", "\n\u{FEFF}", "\u{FEFF}", "\n[]\n"]).utf8) + one(&random)
    }
    return text
  }

  private static func one(_ random: inout SplitMix64) -> [UInt8] {
    random.oneIn(4) ? generated(&random) : random.pick(texts)
  }

  private static func generated(_ random: inout SplitMix64) -> [UInt8] {
    let options = ExportOptions(
      size: Int.random(in: 500...12_000, using: &random), seed: random.next(),
      style: random.pick(ExportStyle.allCases), format: random.pick(ExportFormat.allCases),
      kind: random.oneIn(3) ? .video : .images, shuffleKeys: .random(using: &random),
      lateContext: .random(using: &random), batches: 3, traps: .random(using: &random))
    return ExportGenerator(options).bytes().bytes
  }

  private static func inputs(in folder: String) -> [[UInt8]] {
    named(in: folder).map(\.bytes)
  }

  private static func named(in folder: String) -> [(name: String, bytes: [UInt8])] {
    let directory = fixtures.appending(path: folder)
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: directory.path)) ?? []
    let others: Set = ["args", "rule", "how", "README.md"]
    return paths.sorted().compactMap { path in
      if path.contains("expected") || others.contains(String(path.split(separator: "/").last ?? "")) {
        return nil
      }
      let file = directory.appending(path: path)
      guard (try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true else { return nil }
      return (try? Data(contentsOf: file)).map { (path, [UInt8]($0)) }
    }
  }

  private static func isContainer(_ bytes: [UInt8]) -> Bool {
    [[0x50, 0x4B], [0x1F, 0x8B], [0x28, 0xB5]].contains { bytes.starts(with: $0) }
  }
}
