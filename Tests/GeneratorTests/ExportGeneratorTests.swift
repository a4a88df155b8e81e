// The generator is what other tests and the benchmarks stand on, so it is itself read by something foreign:
// Foundation's JSON parser counts what the generator says it wrote.

import ExportGenerator
import Foundation
import Testing

private typealias Object = [String: Any]

private func export(_ options: ExportOptions) throws -> (assets: [NSDictionary], truth: ExportTruth) {
  let (bytes, truth) = ExportGenerator(options).bytes()
  #expect(bytes.count == truth.bytes)
  if options.style == .ndjson {
    let assets = try bytes.split(separator: 0x0A).map {
      try #require(try JSONSerialization.jsonObject(with: Data($0)) as? NSDictionary)
    }
    return (assets, truth)
  }
  let value = try JSONSerialization.jsonObject(with: Data(bytes))
  return (try #require(value as? [NSDictionary]), truth)
}

private func list(_ object: Object, _ key: String) -> [Object] { object[key] as? [Object] ?? [] }

private func taskList(_ asset: NSDictionary) -> [Object] {
  let asset = asset as? Object ?? [:]
  return (asset["task"] as? Object).map { [$0] } ?? list(asset, "tasks")
}

@Suite struct ExportGeneratorTests {
  private static let variants: [ExportOptions] = [
    ExportOptions(size: 300_000, seed: 1),
    ExportOptions(size: 100_000, seed: 2, kind: .images),
    ExportOptions(size: 150_000, seed: 3, kind: .giant),
    ExportOptions(size: 150_000, seed: 4, format: .y2023),
    ExportOptions(size: 150_000, seed: 5, format: .legacy),
    ExportOptions(size: 200_000, seed: 6, format: .mixed, shuffleKeys: true),
    ExportOptions(size: 200_000, seed: 7, format: .mixed, lateContext: true),
    ExportOptions(
      size: 100_000, seed: 8, format: .mixed, kind: .images, shuffleKeys: true, lateContext: true),
  ]

  /// Equal options give equal bytes, in pieces of any size, and another seed gives others.
  @Test(arguments: variants)
  func theSameOptionsGiveTheSameBytes(options: ExportOptions) throws {
    let whole = ExportGenerator(options).bytes()
    var pieces: [UInt8] = []
    let truth = try ExportGenerator(options).generate(chunkSize: 4096) { piece in
      #expect(piece.count <= 4096)
      for index in piece.indices { pieces.append(piece[index]) }
    }
    #expect(pieces == whole.bytes)
    #expect(truth == whole.truth)
    var other = options
    other.seed += 100
    #expect(ExportGenerator(other).bytes().bytes != whole.bytes)
  }

  /// Bytes once generated never change: fixtures and published figures name nothing but the options.
  @Test func theBytesAreThoseOfEveryVersion() {
    let options = ExportOptions(
      size: 60_000, seed: 42, style: .crlf, format: .mixed, shuffleKeys: true, traps: true)
    let sum = ExportGenerator(options).bytes().bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    #expect(sum == 7907563806275703279)
  }

  /// Every style, and every order of keys, holds the same values.
  @Test(arguments: ExportFormat.allCases)
  func stylesDifferOnlyInWhiteSpace(format: ExportFormat) throws {
    var options = ExportOptions(size: 120_000, seed: 9, format: format)
    let (assets, truth) = try export(options)
    for style in ExportStyle.allCases {
      options.style = style
      let other = try export(options)
      #expect(other.assets == assets, "\(style)")
      #expect(other.truth.stages == truth.stages)
      #expect(other.truth.minifiedBytes - truth.minifiedBytes <= 2, "\(style)")
    }
    options.style = .minified
    options.shuffleKeys = true
    let shuffled = try export(options)
    #expect(shuffled.assets == assets)
    #expect(shuffled.truth == truth)
  }

  /// What the generator says it wrote is what another parser finds.
  @Test(arguments: variants)
  func theTruthIsTrue(options: ExportOptions) throws {
    let (assets, truth) = try export(options)
    let tasks = assets.flatMap { taskList($0) }
    #expect(truth.assets == assets.count)
    #expect(truth.tasks == tasks.count)
    let tools = tasks.flatMap { list($0, "tools") + list($0, "objects") }
    let classifications = tasks.flatMap { list($0, "classifications") }
    let relations = tasks.flatMap { list($0, "relations") }
    #expect(truth.tools == tools.count)
    #expect(truth.classifications == classifications.count)
    #expect(truth.relations == relations.count)
    let copies = tasks.flatMap { list($0, "stageHistory") }.map {
      list($0, "tools").count + list($0, "classifications").count + list($0, "relations").count
    }
    #expect(truth.snapshotAnnotations == copies.reduce(0, +))
    for shape in truth.shapes {
      #expect(shape.annotations == tools.filter { $0[shape.name] != nil }.count)
    }
    for title in truth.titles {
      let elements = ["tool": tools, "classification": classifications, "relation": relations][title.kind]
      #expect(title.annotations == elements?.filter { $0["title"] as? String == title.name }.count)
    }
    #expect(
      truth.titles.map(\.annotations).reduce(0, +) == truth.tools + truth.classifications + truth.relations)
  }

  /// Stages, batches and their pairs are counted by asset, each distinct batch once.
  @Test(arguments: variants)
  func stagesAndBatchesAreCountedByAsset(options: ExportOptions) throws {
    let (assets, truth) = try export(options)
    let stages = assets.map { asset in
      Set(taskList(asset).compactMap { ($0["stage"] ?? $0["status"]) as? String })
        .union([asset["status"] as? String].compactMap { $0 })
    }
    let batches = assets.map { Set(($0["batches"] as? [Any] ?? []).compactMap { $0 as? String }) }
    for stage in truth.stages {
      #expect(stage.assets == stages.filter { $0.contains(stage.name) }.count)
    }
    for batch in truth.batches {
      #expect(batch.assets == batches.filter { batch.name.map($0.contains) ?? $0.isEmpty }.count)
    }
    let one = truth.oneStage
    #expect(one.assets == stages.filter { $0.contains(one.stage) }.count)
    let needle = truth.needle
    let found = assets.indices.filter {
      stages[$0].contains(needle.stage) && batches[$0].contains(needle.batch ?? "")
    }
    #expect(needle.assets == found.count)
    let pairs = batches.map { max($0.count, 1) }.reduce(0, +)
    let counted = truth.partitions.map(\.assets).reduce(0, +)
    #expect(counted == pairs)
  }

  /// The shares on which the benchmarks rest: a sixth in one stage, a twentieth at most in the needle, history
  /// about half, titles about equal.
  @Test func sharesAreAsPromised() throws {
    let truth = ExportGenerator(ExportOptions(size: 4_000_000, seed: 3, kind: .images)).bytes().truth
    let share = Double(truth.oneStage.bytes) / Double(truth.minifiedBytes)
    #expect(0.14...0.19 ~= share)
    #expect(truth.needle.assets > 0)
    #expect(truth.needle.bytes * 20 <= truth.minifiedBytes)
    #expect(0.9...1.1 ~= Double(truth.minifiedBytes) / 4_000_000)
    let tools = truth.titles.filter { $0.kind == "tool" }.map(\.annotations)
    #expect(tools.count == 10)
    #expect((tools.max() ?? 0) < 2 * (tools.min() ?? 0))
  }

  /// Late context means that nothing of weight follows stage, batches, times and ids.
  @Test(arguments: [false, true])
  func lateContextComesLast(shuffles: Bool) throws {
    let options = ExportOptions(
      size: 60_000, seed: 11, style: .ndjson, shuffleKeys: shuffles, lateContext: true)
    let lines = ExportGenerator(options).bytes().bytes.split(separator: 0x0A)
    for line in lines {
      let text = String(decoding: line, as: UTF8.self)
      let task = try #require(text.range(of: "\"stageHistory\":") ?? text.range(of: "\"relations\":"))
      let updated = try #require(text.range(of: "\"updatedAt\":", options: .backwards))
      let batches = try #require(text.range(of: "\"batches\":"))
      #expect(task.lowerBound < updated.lowerBound)
      #expect(updated.lowerBound < batches.lowerBound)
    }
  }

  /// Traps are valid JSON and change nothing that is counted.
  ///
  /// What duplicate keys mean is left to other tests: parsers differ in which one they keep.
  @Test(arguments: ExportStyle.allCases)
  func trapsAreValid(style: ExportStyle) throws {
    let options = ExportOptions(
      size: 400_000, seed: 12, style: style, format: .mixed, kind: .images, traps: true)
    let (assets, truth) = try export(options)
    #expect(truth.assets == assets.count)
    #expect(truth.tasks == assets.flatMap { taskList($0) }.count)
    #expect(assets.contains { ($0["metadata"] as? Object)?["stage"] as? String == "Complete" })
  }

  /// Any number of batches can be had, and all of them occur in an export that has room for them.
  @Test func manyBatches() {
    let options = ExportOptions(size: 2_000_000, seed: 13, kind: .images, batches: 100)
    #expect(ExportGenerator(options).bytes().truth.batches.filter { $0.name != nil }.count == 100)
    let none = ExportGenerator(ExportOptions(size: 50_000, kind: .images, batches: 0)).bytes().truth
    #expect(none.batches.allSatisfy { $0.name == nil })
  }

  /// The truth is itself readable.
  @Test func theTruthIsJSON() throws {
    let truth = ExportGenerator(ExportOptions(size: 50_000)).bytes().truth
    let value = try #require(try JSONSerialization.jsonObject(with: Data(truth.json)) as? Object)
    #expect(value["assets"] as? Int == truth.assets)
    #expect((value["needle"] as? Object)?["bytes"] as? Int == truth.needle.bytes)
    #expect(list(value, "stages").count == truth.stages.count)
  }

  /// A sink that fails ends the run with its own error, even within a giant asset.
  @Test func aFailingSinkEndsTheRun() {
    struct Full: Error {}
    let giant = ExportGenerator(ExportOptions(size: 50_000_000, kind: .giant))
    var pieces = 0
    #expect(throws: Full.self) {
      try giant.generate { _ in
        pieces += 1
        if pieces == 2 { throw Full() }
      }
    }
    #expect(pieces == 2)
  }
}
