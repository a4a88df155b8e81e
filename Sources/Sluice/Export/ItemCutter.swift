// Leaving items out of an array or object takes their commas along.
//
//     [ K1 , R1 , R2 , K2 ]   cut from R1 up to K2
//     [ R1 , K2 ]             cut from R1 up to K2
//     [ K1 , R1 ]             cut from the end of K1 up to the bracket
//     [ R1 ]                  cut everything between the brackets

/// Turns "this item goes" into ranges of bytes, for one container read from front to back.
struct ItemCutter: Sendable {
  private let opening: Int
  private var keptEnd: Int?
  private var removedStart: Int?

  /// Starts behind the opening bracket, which ends at `opening`.
  init(after opening: Int) {
    self.opening = opening
  }

  /// Reads one item.
  ///
  /// - Returns: A range to cut that this item has completed.
  mutating func item(_ range: Range<Int>, isRemoved: Bool) -> Range<Int>? {
    if isRemoved {
      if removedStart == nil { removedStart = range.lowerBound }
      return nil
    }
    defer {
      keptEnd = range.upperBound
      removedStart = nil
    }
    return removedStart.map { $0..<range.lowerBound }
  }

  /// Reads the closing bracket at `closing`.
  ///
  /// - Returns: A range to cut that ends before it.
  func close(at closing: Int) -> Range<Int>? {
    removedStart == nil ? nil : (keptEnd ?? opening)..<closing
  }
}
