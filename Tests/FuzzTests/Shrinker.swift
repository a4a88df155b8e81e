// Makes a find small: whatever can be left out while it still is one, is.

/// Reduces inputs.
enum Shrinker {
  /// The smallest text found that still satisfies `isFind`, in at most `tries` tries.
  static func shrink(_ bytes: [UInt8], tries: Int = 1500, _ isFind: ([UInt8]) -> Bool) -> [UInt8] {
    var best = bytes
    var left = tries
    var size = max(1, best.count / 2)
    while left > 0 {
      var start = 0
      var isSmaller = false
      while start < best.count, left > 0 {
        var shorter = best
        shorter.removeSubrange(start..<min(start + size, best.count))
        left -= 1
        if isFind(shorter) {
          best = shorter
          isSmaller = true
        } else {
          start += size
        }
      }
      if size == 1, !isSmaller { break }
      size = max(1, isSmaller ? size : size / 2)
    }
    return best
  }
}
