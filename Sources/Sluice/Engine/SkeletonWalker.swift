// The fast way through JSON of which a reader needs little: containers that it does not need are jumped over at
// scan speed, so that yajl sees a few hundred bytes of an asset of any size.
//
//     {"asset":"https…","task":{"stage":"Complete","tools":[ … 2 GB … ],"stageHistory":[ … ]}}
//     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^           ^^^^^^^^^^^^^^^^^^^      ^^^
//
// yajl finds the brackets of such a container next to each other, and so still tells `[}` from `[]`.

internal import ByteScan
internal import JSONEvents

/// A reader that need not be given everything.
protocol SkeletonReader: JSONEventHandler {
  /// Whether the container that has just been opened need not be read.
  var skipsContainer: Bool { get }
}

extension AssetReader: SkeletonReader {}
extension AnnotationListReader: SkeletonReader {}

/// What goes along with a walker, and is told what it does.
protocol SkeletonObserver {
  /// Whether it must hear of containers that are empty.
  ///
  /// The reader need not: whether it skips them or not, yajl is given the same two bytes.
  static var watchesEmptyContainers: Bool { get }
  /// Whether yajl is given the containers that the reader does not need, too.
  var readsEveryByte: Bool { get }
  /// Told of bytes that yajl is about to be given.
  mutating func willFeed(_ bytes: Span<UInt8>, at offset: Int)
  /// Told that the reader has been given some of them.
  mutating func didFeed() throws
  /// Told that yajl has been given an opening bracket.
  ///
  /// - Returns: Whether the walker is to stop behind it, for others read the container.
  mutating func didOpen(_ container: OpenedContainer, in bytes: Span<UInt8>, at offset: Int) throws -> Bool
  /// Told that a container is closed.
  mutating func didClose()
}

extension SkeletonObserver {
  static var watchesEmptyContainers: Bool { false }
  var readsEveryByte: Bool { false }
  mutating func willFeed(_ bytes: Span<UInt8>, at offset: Int) {}
  mutating func didFeed() throws {}
  mutating func didOpen(
    _ container: OpenedContainer, in bytes: Span<UInt8>, at offset: Int
  ) throws -> Bool { false }
  mutating func didClose() {}
}

/// A container that has just been opened.
struct OpenedContainer {
  var bracket: UInt8
  /// The index of the first byte in it.
  var start: Int
  /// What is true there.
  var state: ScanState
}

private struct Nobody: SkeletonObserver {}

/// Feeds the skeleton of an asset or a list to yajl, run by run; works on any size.
struct SkeletonWalker<Reader: SkeletonReader>: ~Copyable {
  private let kernel: ScanKernel
  private let reader: Reader
  private var parser: JSONPushParser<Reader>
  private var state = ScanState()
  /// The depth at which the container that is being jumped over is closed.
  private var skipTarget: Int?

  init(reader: Reader, kernel: ScanKernel, maxDepth: Int, allowsMultipleValues: Bool = false) {
    self.reader = reader
    self.kernel = kernel
    parser = JSONPushParser(reader, maxDepth: maxDepth, allowsMultipleValues: allowsMultipleValues)
  }

  /// Feeds bytes that are not scanned.
  mutating func feed(_ bytes: Span<UInt8>, at offset: Int) throws(JSONRejection) {
    try parser.feed(bytes, at: offset)
  }

  /// Reads the next bytes, with nobody to tell.
  ///
  /// - Throws: `JSONRejection` when the skeleton is no JSON; the walker is then of no more use.
  @inline(__always)
  mutating func consume(_ bytes: Span<UInt8>, at offset: Int, map: ScanMap? = nil) throws {
    var nobody = Nobody()
    _ = try consume(bytes, from: 0, at: offset, map: map, telling: &nobody)
  }

  /// Reads the next bytes.
  ///
  /// - Parameters:
  ///   - bytes: What follows the bytes before.
  ///   - start: How many of them have been read already.
  ///   - offset: Where they stand in the input.
  ///   - map: That of the block they are in, if there is one.
  ///   - observer: Told of what is done.
  /// - Returns: The index behind the bracket where the observer has stopped it, or the number of bytes.
  /// - Throws: `JSONRejection` when the skeleton is no JSON, the walker is then of no more use; and what the
  ///   observer throws.
  @inline(__always)
  mutating func consume<Observer: SkeletonObserver>(
    _ bytes: Span<UInt8>, from start: Int, at offset: Int, map: ScanMap?, telling observer: inout Observer
  ) throws -> Int {
    var index = start
    var fed = start
    while true {
      if let target = skipTarget {
        let close = kernel.skip(
          toDepth: target, in: bytes, from: index, state: &state, along: map, at: offset)
        if observer.readsEveryByte {
          try feed(bytes, fed..<(close ?? bytes.count), at: offset, telling: &observer)
        }
        guard let close else { return bytes.count }
        skipTarget = nil
        observer.didClose()
        fed = close
        index = close + 1
      }
      guard let bracket = kernel.nextBracket(in: bytes, from: index, state: &state) else { break }
      index = bracket + 1
      let byte = bytes[bracket]
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        if !Observer.watchesEmptyContainers, index < bytes.count, bytes[index] == byte + 2 { continue }
        try feed(bytes, fed..<index, at: offset, telling: &observer)
        fed = index
        let container = OpenedContainer(bracket: byte, start: index, state: state)
        if try observer.didOpen(container, in: bytes, at: offset) { return index }
        if reader.skipsContainer { skipTarget = state.depth - 1 }
        try observer.didFeed()
      } else {
        observer.didClose()
      }
    }
    if fed < bytes.count { try feed(bytes, fed..<bytes.count, at: offset, telling: &observer) }
    try observer.didFeed()
    return bytes.count
  }

  @inline(__always)
  private mutating func feed<Observer: SkeletonObserver>(
    _ bytes: Span<UInt8>, _ range: Range<Int>, at offset: Int, telling observer: inout Observer
  ) throws(JSONRejection) {
    let part = bytes.extracting(range)
    observer.willFeed(part, at: offset + range.lowerBound)
    try parser.feed(part, at: offset + range.lowerBound)
  }

  // MARK: Containers that others read

  /// Passes over bytes of a container that the observer has stopped at, and in which `depth` containers are open.
  ///
  /// - Returns: The index of the bracket that closes it, which is still to be consumed; nil if there is none.
  mutating func skip(
    _ bytes: Span<UInt8>, from start: Int, toEndOfDepth depth: Int, at offset: Int, map: ScanMap?
  ) -> Int? {
    let close = kernel.skip(
      toDepth: depth - 1, in: bytes, from: start, state: &state, along: map, at: offset)
    // The bracket is scanned again, as one of the skeleton.
    if close != nil { state.depth += 1 }
    return close
  }

  /// Passes over bytes of such a container behind which `state` is true.
  mutating func skip(to state: ScanState) { self.state = state }

  /// Ends the value, whose last byte has been consumed, so that another may follow.
  ///
  /// - Returns: Whether the skeleton is complete.
  mutating func finish() -> Bool {
    state = ScanState()
    return (try? parser.endOfInput()) != nil
  }
}
