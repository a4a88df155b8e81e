// Generated exports with a few bytes changed: where both engines must agree on what is malformed, where, and
// where reading goes on behind it, from a file and from a pipe that cannot be read again.

import ByteScan
import ExportGenerator
import Foundation
import Sluice
import Testing

/// Changes a few bytes of a text, the same for the same seed.
struct Mutator {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// What structure is made of, and what JSON does not allow.
  private static let marks: [[UInt8]] =
    [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "\n{", "\u{0}", "\u{C}", " ", "0", "-", "e", "/", "]}",
      "\"}",
    ]
    .map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF]]

  mutating func change(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(3) where !bytes.isEmpty { changeOnce(&bytes) }
    return bytes
  }

  private mutating func changeOnce(_ bytes: inout [UInt8]) {
    let place = random.below(bytes.count)
    let end = min(bytes.count, place + 1 + random.below(random.oneIn(4) ? 2000 : 6))
    switch random.below(8) {
    case 0: bytes[place] ^= 1 << UInt8(random.below(8))
    case 1: bytes[place] = UInt8(random.below(256))
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
    case 4: bytes.removeSubrange(place...place)
    case 5 where random.oneIn(3): bytes.removeSubrange(end...)
    default: bytes.insert(contentsOf: Self.marks[random.below(Self.marks.count)], at: place)
    }
  }
}

@Suite struct MalformedExportTests {
  private static func export(_ number: Int) -> [UInt8] {
    let styles = ExportStyle.allCases
    let options = ExportOptions(
      size: 2000 + number % 4 * 1000, seed: UInt64(number) + Trials.seed << 20,
      style: styles[number % styles.count],
      format: ExportFormat.allCases[number / 3 % 4], kind: .images, shuffleKeys: number % 2 == 1,
      traps: number % 3 == 0)
    var mutator = Mutator(seed: UInt64(number) + Trials.seed << 20)
    return mutator.change(ExportGenerator(options).bytes().bytes)
  }

  private static let blockSizes = [1, 7, 31, 64, 65, 200, 333, 700, 1000, 1001, 4096]

  private static func options(_ number: Int) -> RunOptions {
    var options = RunOptions(workers: 1)
    options.onError = ErrorPolicy.allCases[number % 3]
    options.resources.validation = .all
    GeneratedExportTests.variants[number % GeneratedExportTests.variants.count](&options)
    return options
  }

  /// Turns `options` into those of one fast run.
  private static func read(_ number: Int, _ options: inout RunOptions) {
    options.resources.engine = .fast
    options.resources.blockSize = blockSizes[number % blockSizes.count]
    options.resources.workers = 1 + number % 4
    options.resources.kernel = ScanKernel.available[number % ScanKernel.available.count]
    if number % 2 == 0 { options.resources.memory = smallMemory(options) }
  }

  /// Rows, report and the error's place are those of the reference engine.
  @Test(arguments: 0..<20)
  func engines(group: Int) throws {
    for number in group * 10..<group * 10 + 10 {
      let bytes = Self.export(number)
      var options = Self.options(number)
      options.resources.engine = .reference
      let expected = try TrialOutcome(TrialInput(bytes: bytes), options)
      for (turn, way) in TrialInput.Way.allCases.enumerated() {
        Self.read(number * 2 + turn + number / 7, &options)
        let found = try TrialOutcome(TrialInput(bytes: bytes, way: way), options)
        #expect(found == expected, "case \(number), \(way), blocks of \(options.resources.blockSize)")
      }
    }
  }

  /// What is rejected, too, byte for byte.
  @Test(arguments: 0..<6)
  func rejects(group: Int) throws {
    for number in 1000 + group * 5..<1005 + group * 5 {
      let bytes = Self.export(number)
      var options = Self.options(number)
      options.onError = .reject
      options.resources.engine = .reference
      let expected = try TrialOutcome(intoDirectory: TrialInput(bytes: bytes), options)
      for way in TrialInput.Way.allCases {
        Self.read(number, &options)
        let found = try TrialOutcome(intoDirectory: TrialInput(bytes: bytes, way: way), options)
        #expect(found == expected, "case \(number), \(way), blocks of \(options.resources.blockSize)")
      }
    }
  }

  /// A changed export is mostly refused, or the tests above say little.
  @Test func mutationsMatter() throws {
    var refused = 0
    for number in 0..<40 {
      var options = Self.options(number)
      options.onError = .stop
      if try !TrialOutcome(TrialInput(bytes: Self.export(number)), options).error.isEmpty { refused += 1 }
    }
    #expect(refused > 20)
  }
}
