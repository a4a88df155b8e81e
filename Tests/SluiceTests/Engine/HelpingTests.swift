// What is held of assets whose parts are many: the rows of one asset, the lists of a giant.

import ByteScan
import Sharding
import Storage
import SystemPackage
import Testing

@testable import Sluice

@Suite struct HelpingTests {
  private let pool = BlockPool(blockSize: 1 << 20)

  private func element(_ text: String) throws -> Element {
    let bytes = Array(text.utf8)
    let block = try unsafe Block(from: BlockPool(blockSize: bytes.count), offset: 0) { buffer in
      unsafe buffer.copyBytes(from: bytes)
      return bytes.count
    }
    var extent = Extent(from: 0)
    extent.append(Segment(block, 0..<block.count))
    return Element(extent: extent, line: LineAnchor())
  }

  private func asset(snapshots: Int, context: Int) -> String {
    let snapshot = #"{"stage":"Label","tools":[{"title":"Car"}]}"#
    let history = Array(repeating: snapshot, count: snapshots).joined(separator: ",")
    return #"{"meta":""# + String(repeating: "x", count: context)
      + #"","task":{"stage":"S","tools":[{},{}],"stageHistory":["# + history + "]}}"
  }

  /// A helping ends at its limit in whichever list that is, and no row is made twice or lost.
  @Test func helpingsEndBetweenLists() throws {
    var options = RunOptions(workers: 1)
    options.rows.kind = .annotations
    options.rows.history = .rows
    options.rows.context = [ContextKey("meta")]
    let processor = AssetProcessor(RunPlan(options), pool: pool, limit: 20_000)
    var arena = Arena(pool)
    var (outcome, rest) = processor.process(
      try element(asset(snapshots: 300, context: 1000)), arena: arena)
    #expect(outcome.facts.annotations.tables?.all.seen == 2)
    var rows = outcome.rows.reduce(0) { $0 + $1.rows }
    var helpings = 1
    while let left = rest {
      #expect(arena.count >= 20_000 && arena.count < 22_000)
      arena = Arena(pool)
      let more = processor.process(left, arena: arena)
      rows += more.batch.stretches.flatMap(\.rows).reduce(0) { $0 + $1.row.rows }
      rest = more.rest
      helpings += 1
    }
    #expect(rows == 302)
    #expect(helpings > 10)
    outcome.rows = []
  }

  /// The frames of an asset's lists share what is long in them.
  @Test func framesShareLongValues() throws {
    var options = RunOptions(workers: 1)
    options.rows.kind = .annotations
    options.rows.history = .rows
    options.rows.context = [ContextKey("meta")]
    let plan = RunPlan(options)
    let element = try element(asset(snapshots: 2, context: 10_000))
    let outcome = AssetProcessor(plan, pool: pool, limit: .max)
      .process(element, arena: Arena(pool)).outcome
    let columns = try #require(plan.needs.columns)
    var frames = RowFrames(plan, columns, outcome.facts, outcome.decision, element.extent)
    let long = try outcome.facts.lists.map { list in
      try #require(try frames.frame(of: list).middle.first { $0.count > 9000 })
    }
    #expect(long.count == 3)
    let places = long.map { text in unsafe text.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) } }
    #expect(Set(places).count == 1)
  }

  /// How deep a column's value may nest is counted from the asset, as everywhere.
  @Test(arguments: ["meta", "task.meta"], ResourceOptions.Engine.allCases) func columnsAreNoDeeper(
    key: String, engine: ResourceOptions.Engine
  ) throws {
    let depth = 10
    for (nests, isWell) in [(depth - 1, true), (depth, false)] {
      let own = nests - (key == "meta" ? 0 : 1)
      let value = String(repeating: "[", count: own) + String(repeating: "]", count: own)
      let member = ",\"meta\":\(value)"
      let text = """
        {"a":1\(key == "meta" ? member : ""),"task":{"tools":[{}]\(key == "meta" ? "" : member)}}
        """
      var options = RunOptions(workers: 1)
      options.rows.kind = .annotations
      options.rows.context = [ContextKey(key)]
      options.resources.maxDepth = depth
      options.resources.engine = engine
      let outcome = try TrialOutcome(TrialInput(bytes: Array(text.utf8)), options)
      #expect(outcome.error.isEmpty == isWell, "\(outcome)")
    }
  }

  /// Rows too big for some are warned of, in whichever helping they are made.
  @Test func warnsOfBigRowsInLaterHelpings() throws {
    let text = String(repeating: "\"" + String(repeating: "x", count: 1_000_000) + "\",", count: 17)
    let bytes = Array(
      "{\"meta\":[\(text)1],\"task\":{\"stage\":\"S\",\"tools\":[{\"title\":\"a\"},{\"title\":\"b\"}]}}\n"
        .utf8)
    var options = RunOptions(workers: 1)
    options.rows.kind = .annotations
    options.rows.context = [ContextKey("meta")]
    options.resources.memory = 1_000_000_000
    options.resources.engine = .reference
    let expected = try TrialOutcome(TrialInput(bytes: bytes), options)
    options.resources.engine = .fast
    let found = try TrialOutcome(TrialInput(bytes: bytes), options)
    #expect(found.report == expected.report)
    #expect(found.rows.utf8.count == expected.rows.utf8.count)
  }

  private final class Nothing: ByteStream {
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }
  }

  /// A giant of tiny lists hands on few at a time, and those that need no more than to be copied not at all.
  @Test(arguments: [false, true]) func handsOnFewLists(counts: Bool) throws {
    var options = RunOptions(workers: 1)
    if counts { options.selection.titles = ["Car"] }
    let list = #"{"tools":[{"title":"Car"}]}"#
    let count = 5000
    let text =
      #"{"tasks":["#
      + Array(repeating: list.replacing("tools", with: "objects"), count: count)
      .joined(separator: ",") + "]}"
    let element = try element(text)
    let stream = StreamBlocks(Nothing(), at: 0, blockSize: 4096, gate: ReadGate())
    let context = MergeContext(
      plan: RunPlan(options),
      source: BlockSource(
        stream, sizes: BlockSizes(full: 4096, startsShort: false), scratch: Scratch(directory: "/nowhere")),
      pool: pool, budget: EngineBudget(blocks: 9, buffers: 9, giant: 1000, rows: 9))
    let pass = GiantPass(phase: counts ? .survey : .write(GiantSummary(AssetFacts())))
    let segment = try #require(element.extent.segments.first)
    let walk = GiantWalk(start: 0, .sequence, line: LineAnchor(), pass, context)
    var runs = 0
    var isDone = false
    while !isDone {
      var steps = 0
      isDone = walk.consume(GiantBlock(segment: segment, line: LineAnchor())) { step in
        steps += 1
        if case .slice = step { runs += 1 }
      }
      #expect(steps <= 2001)
    }
    #expect(runs == (counts ? count : 0))
  }
}
