// An error that is no fault of the input ends the run as what it is: it is neither passed over nor taken for JSON
// that is malformed.

import ByteScan
import Sharding
import Storage
import Synchronization
import SystemPackage
import Testing

@testable import Sluice

@Suite struct SwallowedErrorsTests {
  private let pool = BlockPool(blockSize: 1 << 20)

  private struct DiskError: Error {}

  /// Bytes that can be read so often; it counts how many were.
  private final class Source: RandomAccessSource {
    let bytes: [UInt8]
    let readable: Int
    private let taken = Mutex(0)

    init(_ bytes: [UInt8], readable: Int = .max) { (self.bytes, self.readable) = (bytes, readable) }

    var size: Int { bytes.count }
    var read: Int { taken.withLock { $0 } }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
      let count = min(buffer.count, bytes.count - offset)
      try taken.withLock {
        $0 += count
        if $0 > readable { throw DiskError() }
      }
      unsafe buffer.copyBytes(from: bytes[offset..<offset + count])
      return count
    }
  }

  /// Memory of a block that the test may change behind it.
  @safe private final class Memory {
    var bytes: UnsafeMutableRawBufferPointer?

    func damage(at index: Int) { unsafe bytes?[index] = UInt8(ascii: "}") }
  }

  private func element(_ bytes: [UInt8], _ memory: Memory = Memory()) throws -> Element {
    let block = try unsafe Block(from: BlockPool(blockSize: bytes.count), offset: 0) { buffer in
      unsafe buffer.copyBytes(from: bytes)
      unsafe memory.bytes = buffer
      return bytes.count
    }
    var extent = Extent(from: 0)
    extent.append(Segment(block, 0..<block.count))
    return Element(extent: extent, line: LineAnchor())
  }

  private var annotationRows: RunOptions {
    var options = RunOptions(workers: 1)
    options.rows.kind = .annotations
    options.output.format = .none
    return options
  }

  /// Rows that cannot be made though the first ones went out end the run: they are not left out.
  @Test(arguments: ["tools", "relations"]) func laterRows(list: String) throws {
    let annotations = Array(repeating: #"{"title":"Car","page":1}"#, count: 1000).joined(separator: ",")
    let text = Array(#"{"task":{"stage":"S","tools":[\#(annotations)],"relations":[\#(annotations)]}}"#.utf8)
    let memory = Memory()
    let plan = RunPlan(annotationRows)
    let processor = AssetProcessor(plan, pool: pool, limit: 10_000)
    var (outcome, rest) = processor.process(try element(text, memory), arena: Arena(pool))
    #expect(outcome.malformed == nil && !outcome.rows.isEmpty)
    // The last annotation of the list, long behind the rows so far.
    let bracket = try #require(
      text.indices.filter { text[$0] == UInt8(ascii: "]") }
        .dropFirst(list == "tools" ? 0 : 1).first)
    memory.damage(at: bracket - 2)
    let rows = CountedRows([], kernel: plan.kernel)
    let counts = RunCounts(plan.options)
    counts.begin(.path("x"), entry: nil)
    let recorder = Recorder(plan, counts: counts, rows: rows, pool: pool, rejects: nil)
    var batch = AssetBatch(endsAtRow: false)
    batch.append(outcome, isUnfinished: rest != nil)
    #expect(recorder.receive(.assets(batch)) == .goOn)
    var verdict = Delivery.goOn
    while verdict == .goOn, let left = rest {
      (batch, rest) = processor.process(left, arena: Arena(pool))
      verdict = recorder.receive(.assets(batch))
    }
    guard case .failed(let error) = recorder.interruption else {
      Issue.record("the rows that are missing were passed over")
      return
    }
    #expect(error is TwoVerdicts)
    #expect(RunError(error).code == .system)
  }

  /// A giant whose columns cannot be read again is not malformed.
  @Test(arguments: [0, .max]) func columnsOfGiants(readable: Int) throws {
    let annotations = Array(repeating: #"{"title":"Car"}"#, count: 100).joined(separator: ",")
    let text = Array(#"{"externalId":"x","task":{"stage":"S","tools":[\#(annotations)]}}"#.utf8)
    let plan = RunPlan(annotationRows)
    let element = try element(text)
    let outcome = AssetProcessor(plan, pool: pool, limit: .max)
      .process(element, arena: Arena(pool)).outcome
    let source = RereadableBytes(source: Source(text, readable: readable), base: 0)
    var known = GiantSummary(outcome.facts)
    known.decision = outcome.decision
    let pass = GiantPass(phase: .write(known), bytes: source)
    let context = MergeContext(
      plan: plan,
      source: BlockSource(
        StreamBlocks(Nothing(), at: 0, blockSize: 4096, gate: ReadGate()),
        sizes: BlockSizes(full: 4096, startsShort: false), scratch: Scratch(directory: "/nowhere")),
      pool: pool, budget: EngineBudget(blocks: 9, buffers: 9, giant: 1000, rows: 9))
    let walk = GiantWalk(start: 0, .sequence, line: LineAnchor(), pass, context)
    let segment = try #require(element.extent.segments.first)
    var runs = 0
    let isDone = walk.consume(GiantBlock(segment: segment, line: LineAnchor())) { step in
      if case .item(.bigList) = step { runs += 1 }
    }
    #expect(isDone)
    #expect((walk.failure is DiskError) == (readable == 0))
    #expect(runs == (readable == 0 ? 0 : 1))
  }

  private final class Nothing: ByteStream {
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }
  }

  /// A list that cannot be read again is no list that is malformed, for whoever asks.
  @Test(arguments: [false, true]) func listsOfGiants(inspects: Bool) throws {
    let text = Array(#"[{"title":"Car"},{"title":"Truck"}]"#.utf8)
    var options = annotationRows
    options.inspects = inspects
    let plan = RunPlan(options)
    let bytes = ReadAgain(
      bytes: RereadableBytes(source: Source(text, readable: 0), base: 0), pool: pool)
    let run = try list(text, validates: true)
    #expect(throws: DiskError.self) {
      if inspects {
        _ = try ListInspector(plan).process(run, bytes) { _ in }
      } else {
        let buffer = RowBuffer(pool: pool, kernel: plan.kernel) { _ in }
        _ = try ListProcessor(plan).process(run, bytes, buffer, onRow: { _ in })
      }
    }
  }

  private func list(_ text: [UInt8], validates: Bool = false) throws -> ListSlice {
    let place = ListPlace(
      kind: .tool, counts: true, task: 0, isInTaskList: false, isInSnapshot: false, depth: 1, start: 0)
    return ListSlice(
      place: place, job: ListJob(isCounted: true, validates: validates),
      element: Element(
        extent: Extent(from: 1), line: LineAnchor()), range: 1..<text.count - 1, isFirst: true,
      terminator: .bracket())
  }

  /// Lines are counted once, however many parts of a list have something to warn of.
  @Test func linesOfManyParts() throws {
    let count = 100_000
    let annotations = (0..<count).map { "{\"title\":\"t\($0)\"},\n{}" }.joined(separator: ",")
    let text = Array("[\(annotations)]".utf8)
    var options = annotationRows
    options.inspects = true
    let source = Source(text)
    let bytes = ReadAgain(
      bytes: RereadableBytes(source: source, base: 0), pool: BlockPool(blockSize: 1 << 16))
    var places: [Int: Int] = [:]
    let isValid = try ListInspector(RunPlan(options)).process(list(text), bytes) { outcome in
      let first = outcome.findings.warningCounts[.fieldNotString]?.first ?? 0
      places[first] = outcome.warningLines[.fieldNotString]?.line
    }
    #expect(isValid)
    #expect(places.count > 3)
    for (offset, line) in places {
      let newlines = text[..<offset].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
      #expect(line == newlines + 1)
    }
    // Once to count annotations and once to count lines, and at each part's end what was read for nothing.
    #expect(source.read < text.count * 2 + places.count << 18, "\(Double(source.read) / Double(text.count))")
  }
}
