// On which pages (the frames of a video, the images of a data set) the annotations of an asset are. What is kept
// does not grow with the annotations, and hardly with the pages.

/// The pages of one asset.
struct PageCounts: Sendable {
  /// Annotations on neighbouring pages, in bins of equal width.
  static let mostBins = 256
  /// Which pages are told apart; on those behind, annotations are only counted.
  static let mostPages = 1 << 20

  /// Annotations with a page.
  private(set) var annotations = 0
  /// Those on pages too high to be told apart.
  private(set) var beyond = 0
  /// The first and last of the pages that are told apart.
  private(set) var first = Int.max
  private(set) var last = -1
  /// A bit for each page.
  private var seen: [UInt64] = []
  /// A bin holds this many pages, a power of two: so bins can be joined, in whatever order they come.
  private(set) var binWidth = 1
  private(set) var bins: [Int] = []

  /// Counts annotations on a page, which is not negative.
  mutating func add(page: Int, _ count: Int = 1) {
    annotations += count
    if page >= Self.mostPages {
      beyond += count
      return
    }
    if page < first { first = page }
    if page > last { widen(to: page) }
    seen[page >> 6] |= 1 << UInt64(page & 63)
    bins[page / binWidth] += count
  }

  private mutating func widen(to page: Int) {
    last = page
    while seen.count <= page >> 6 { seen.append(0) }
    while page / binWidth >= Self.mostBins { coarsen() }
    while bins.count <= page / binWidth { bins.append(0) }
  }

  private mutating func coarsen() {
    for index in 0..<(bins.count + 1) / 2 {
      bins[index] = bins[2 * index] + (2 * index + 1 < bins.count ? bins[2 * index + 1] : 0)
    }
    bins.removeLast(bins.count / 2)
    binWidth *= 2
  }

  /// Adds other annotations of the same asset.
  mutating func add(_ other: PageCounts) {
    annotations += other.annotations
    beyond += other.beyond
    if other.last < 0 { return }
    first = min(first, other.first)
    if other.last > last { widen(to: other.last) }
    var other = other
    while binWidth < other.binWidth { coarsen() }
    while other.binWidth < binWidth { other.coarsen() }
    for (index, count) in other.bins.enumerated() { bins[index] += count }
    for (index, word) in other.seen.enumerated() { seen[index] |= word }
  }

  /// How many different pages have annotations.
  var pages: Int { seen.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// How often pages without annotations lie between those with some, and how many pages those are.
  var gaps: (count: Int, pages: Int) {
    guard last >= 0 else { return (0, 0) }
    // A gap ends where a page is set and the one before is not; the first page ends none.
    var ends = 0
    var before: UInt64 = 0
    for word in seen {
      ends += (word & ~(word << 1 | before)).nonzeroBitCount
      before = word >> 63
    }
    return (ends - 1, last - first + 1 - pages)
  }
}
