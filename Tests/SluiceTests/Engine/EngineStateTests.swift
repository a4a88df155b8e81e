// What an engine holds and gives up, step by step.

import ByteScan
import Sharding
import Storage
import SystemPackage
import Testing

@testable import Sluice

/// Nothing to read.
private final class NoBytes: ByteStream {
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }
}

@Suite struct EngineStateTests {
  private let pool = BlockPool(blockSize: 4)

  private func state(holding blocks: Int) throws -> EngineState {
    let stream = StreamBlocks(NoBytes(), at: 0, blockSize: 4, gate: ReadGate())
    let source = BlockSource(
      stream, sizes: BlockSizes(full: 4, startsShort: false), scratch: Scratch(directory: "/nowhere"))
    var state = EngineState(
      start: EngineStart(offset: 0, gap: .sequence, line: LineAnchor()), source: source)
    for index in 0..<blocks {
      _ = state.claimRead()
      let block = try unsafe Block(from: pool, offset: 4 * index) { buffer in
        unsafe buffer.copyBytes(from: "{} \n".utf8)
        return 4
      }
      state.readDone(index, ScannedBlock(block, stride: 16, assumedEscape: false, .portable))
    }
    state.stitch(.portable)
    return state
  }

  /// What was assumed of a block behind a long run of backslashes is corrected to what a scan from the truth gives.
  @Test(arguments: ScanKernel.available) func correctedEscapes(kernel: ScanKernel) throws {
    let pool = BlockPool(blockSize: 100)
    for run in [0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 90, 99, 100] {
      for tail in [#""{"a":"\"[","b":[1]}"#, #""#, #"x"y"#, ""] {
        let text = Array((String(repeating: "\\", count: run) + tail + tail).utf8.prefix(100))
        if text.isEmpty { continue }
        let block = try unsafe Block(from: pool, offset: 0) { buffer in
          unsafe buffer.copyBytes(from: text)
          return text.count
        }
        for stride in [16, 17, 64] {
          for escape in [true, false] {
            var found = ScannedBlock(block, stride: stride, assumedEscape: !escape, kernel)
            found.assume(escape: escape, kernel)
            let expected = ScannedBlock(block, stride: stride, assumedEscape: escape, kernel)
            #expect(found.summaries == expected.summaries, "\(run) \(tail) \(stride) \(escape)")
            #expect(found.summary == expected.summary)
          }
        }
      }
    }
  }

  private func outcome(_ range: Range<Int>) -> EngineItem {
    let batch = AssetBatch(endsAtRow: false)
    batch.append(AssetOutcome(range: range, line: LineAnchor()))
    return .assets(batch)
  }

  private func frame(_ state: inout EngineState) {
    guard let block = state.stitched.popFirst()?.stitched else { return }
    let frames = block.block.withBytes {
      Framer(kernel: .portable).frames(in: $0, from: block.start)
    }
    state.framingDone(FramedBlock(block: block, frames: frames))
  }

  /// What stopped the engine may be read again, so a merge that ends after that gives nothing up, though all
  /// that was merged counts as delivered and lies before where the merge has walked to.
  @Test func keepsBlocksOfWhatStoppedIt() throws {
    var state = try state(holding: 3)
    frame(&state)
    guard case .merge = state.nextOrderedStep(), let work = state.takeMergeWork() else {
      Issue.record("nothing to merge")
      return
    }
    // The first item stops the engine while another worker merges.
    state.delivered([], stops: true)
    var result = MergeResult()
    result.walkedTo = 8
    state.merged(work, result)
    #expect(state.takeKeptBlocks().map(\.offset) == [0, 4, 8])
  }

  /// What was delivered is given up otherwise.
  @Test func givesUpWhatWasDelivered() throws {
    var state = try state(holding: 3)
    frame(&state)
    guard case .merge = state.nextOrderedStep(), let work = state.takeMergeWork() else {
      Issue.record("nothing to merge")
      return
    }
    state.merged(work, MergeResult())
    state.delivered([outcome(0..<2), outcome(4..<6)], stops: false)
    #expect(state.takeKeptBlocks().map(\.offset) == [4, 8])
  }
}

@Suite struct BlockSizesTests {
  /// Blocks follow one another without a gap, the first ones short, and there are as many as are needed.
  @Test(arguments: [1, 16, 65_536, 65_537, 1 << 20, 3_000_000], [false, true])
  func sizes(full: Int, startsShort: Bool) {
    let sizes = BlockSizes(full: full, startsShort: startsShort)
    var offset = 0
    for index in 0..<12 {
      #expect(sizes.offset(of: index) == offset)
      let size = sizes.size(of: index)
      #expect(size <= full && size > 0)
      #expect(sizes.count(for: offset + 1) == index + 1)
      offset += size
      #expect(sizes.count(for: offset) == index + 1)
    }
    #expect(sizes.size(of: 0) == (startsShort ? min(full, BlockSizes.first) : full))
    #expect(sizes.size(of: 12) == full)
    #expect(sizes.count(for: 0) == 0)
  }
}
