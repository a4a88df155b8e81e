// Finds the elements of a block once its true start is known. An element is told by depth alone, so this
// runs at scan speed; whether it is JSON is for the parser to say.
//
//     block    …"},{"asset":…}, {"asset":…},\n{"asset":
//              ^^^                                        head: the element that was open ends here
//                 ^^^^^^^^^^^^  ^^^^^^^^^^^^              elements that are whole in this block
//                                            ^^^^^^^^^^   tail: an element that later blocks go on with
//
// The gap a block starts in belongs to no element; its state is known only to whoever has read the block
// before, so it is handed on unread (`headGap`) and checked in order.

public import ByteScan

/// An element that is whole in a block.
public struct Frame: Sendable, Hashable {
  /// Its bytes, as indices into the block.
  public var range: Range<Int>
  /// How it stands in the input.
  public var framing: Framing

  /// Names the element at `range`.
  public init(_ range: Range<Int>, _ framing: Framing) {
    self.range = range
    self.framing = framing
  }
}

/// The elements of one block.
public struct BlockFrames: Sendable {
  /// Where the container that reaches highest through a block can be cut.
  public struct Cut: Sendable {
    /// The first comma at the block's lowest depth, if there is one.
    public var comma: Int?
  }

  /// The bytes before the first element, if the block starts between elements.
  public var headGap: Range<Int>?
  /// Where the element that was open at the start ends, if it ends here.
  public var headEnd: Int?
  /// For a block that is inside one element from start to end: where a list in it can be cut.
  public var cut: Cut?
  /// Elements that start and end here, in order.
  public var elements: [Frame] = []
  /// Where an element starts that does not end here, and how it stands.
  public var tail: (start: Int, framing: Framing)?
  /// The gap at the block's end; nil if there is none, or if it is `headGap`.
  public var endGap: Gap?
  /// A byte that cannot stand between elements, and the gap before it; nothing is framed behind it.
  public var anomaly: (index: Int, gap: Gap)?
}

/// Cuts blocks into elements.
public struct Framer: Sendable {
  private let kernel: ScanKernel

  /// Scans with `kernel`.
  public init(kernel: ScanKernel) {
    self.kernel = kernel
  }

  /// Finds the elements of a block.
  ///
  /// - Parameters:
  ///   - bytes: The block.
  ///   - start: What is true where the block starts.
  ///   - lowestDepth: How many containers are open where the fewest are, if that is known.
  ///   - map: The block's map, made from `start`, if there is one.
  /// - Returns: Where elements start and end, as indices into `bytes`.
  /// - Complexity: One structural scan; with a map, one of what is near the ends of elements.
  public func frames(
    in bytes: Span<UInt8>, from start: BlockStart, lowestDepth: Int? = nil, map: ScanMap? = nil
  ) -> BlockFrames {
    var frames = BlockFrames()
    var state = start.state
    let base = start.framing.baseDepth
    if state.depth > base {
      if let lowestDepth, lowestDepth > base {
        frames.cut = BlockFrames.Cut(comma: firstComma(atDepth: lowestDepth, in: bytes, from: state, map))
        return frames
      }
      guard let close = skip(toDepth: base, in: bytes, from: 0, &state, map) else { return frames }
      frames.headEnd = close + 1
      readElements(in: bytes, from: close + 1, gap: .after(start.framing), map, into: &frames)
    } else {
      guard let (first, gap) = firstObject(in: bytes, atDepth: state.depth) else {
        frames.headGap = 0..<bytes.count
        return frames
      }
      frames.headGap = 0..<first
      readElements(in: bytes, from: first, gap: gap, map, into: &frames)
    }
    return frames
  }

  /// Moves on until a closing bracket leaves the depth at `target`; `bytes` are the whole block.
  private func skip(
    toDepth target: Int, in bytes: Span<UInt8>, from index: Int, _ state: inout ScanState, _ map: ScanMap?
  ) -> Int? {
    kernel.skip(toDepth: target, in: bytes, from: index, state: &state, along: map, at: map?.offset ?? 0)
  }

  /// The first comma at the lowest depth of a block, where an array can be cut.
  private func firstComma(
    atDepth depth: Int, in bytes: Span<UInt8>, from start: ScanState, _ map: ScanMap?
  ) -> Int? {
    var state = start
    var index = 0
    if state.depth > depth {
      guard let close = skip(toDepth: depth, in: bytes, from: 0, &state, map) else { return nil }
      index = close + 1
    }
    // What stands at this depth is white space, scalars and whole containers.
    while index < bytes.count {
      let byte = bytes[index]
      if state.escaped {
        state.escaped = false
      } else if byte == UInt8(ascii: "\\") {
        // Outside strings too, where it is no JSON, so that blocks agree on what is escaped.
        state.escaped = true
      } else if state.inString {
        if byte == UInt8(ascii: "\"") { state.inString = false }
      } else if byte == UInt8(ascii: ",") {
        return index
      } else if byte == UInt8(ascii: "\"") {
        state.inString = true
      } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        guard let close = skip(toDepth: depth, in: bytes, from: index, &state, map) else {
          return nil
        }
        index = close
      }
      index += 1
    }
    return nil
  }

  /// The first `{` behind bytes that may stand in some gap, and the gap before it; nil if the gap fills the block
  /// or is in doubt, which the reader of `headGap` will see.
  private func firstObject(in bytes: Span<UInt8>, atDepth depth: Int) -> (index: Int, gap: Gap)? {
    var depth = depth
    for index in 0..<bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF, UInt8(ascii: ","): continue
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "{"):
        if depth == Framing.array.baseDepth { return (index, .afterComma) }
        return depth == Framing.sequence.baseDepth ? (index, .sequence) : nil
      default: return nil
      }
    }
    return nil
  }

  private func readElements(
    in bytes: Span<UInt8>, from index: Int, gap: Gap, _ map: ScanMap?, into frames: inout BlockFrames
  ) {
    var gap = gap
    var index = index
    while true {
      switch gap.advance(in: bytes, from: index) {
      case .exhausted:
        frames.endGap = gap
        return
      case .unexpected(let index):
        frames.anomaly = (index, gap)
        return
      case .object(let start):
        let framing = gap.framing
        var state = ScanState(depth: framing.baseDepth)
        guard let close = skip(toDepth: framing.baseDepth, in: bytes, from: start, &state, map) else {
          frames.tail = (start, framing)
          return
        }
        frames.elements.append(Frame(start..<close + 1, framing))
        index = close + 1
        gap = .after(framing)
      }
    }
  }
}
