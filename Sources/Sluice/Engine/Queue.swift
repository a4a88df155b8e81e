// A queue that gives up at once what was taken from it.

/// First in, first out.
struct Queue<Element: Sendable>: Sendable {
  // What was taken is cleared at once: an item may hold blocks, and the pool waits for them.
  private var items: [Element?] = []
  private var head = 0

  mutating func append(_ item: Element) { items.append(item) }

  /// Puts an item before all others.
  mutating func prepend(_ item: Element) {
    if head > 0 {
      head -= 1
      items[head] = item
    } else {
      items.insert(item, at: 0)
    }
  }

  mutating func popFirst() -> Element? {
    guard head < items.count else { return nil }
    let item = items[head].take()
    head += 1
    if head > 32 && head * 2 > items.count {
      items.removeFirst(head)
      head = 0
    }
    return item
  }
}
