// What JSON values look like: their types, members and elements, merged from all of them. That is what a table
// definition is made of.
//
// What it takes does not grow with the values: an object with too much below it is only known to be an object. The
// outcome must not depend on the order in which values are met, nor on how they were shared out among workers. So
// the bound is on a weight that only ever grows: a node weighs 1 and what its children weigh, up to a limit that is
// smaller further down, and a node that reaches its limit stays there, whatever comes. The weight of a merged tree
// is then the same whichever of its parts had reached it before.

/// The merged shape of many values, the first node being that of the values themselves.
struct ShapeTree: Sendable {
  /// The types that were met.
  struct Kinds: OptionSet, Sendable {
    let rawValue: UInt8
    static let null = Kinds(rawValue: 1)
    static let boolean = Kinds(rawValue: 2)
    static let integer = Kinds(rawValue: 4)
    static let number = Kinds(rawValue: 8)
    static let string = Kinds(rawValue: 16)
    static let object = Kinds(rawValue: 32)
    static let array = Kinds(rawValue: 64)
    /// A number that no engine's type holds.
    static let other = Kinds(rawValue: 128)
  }

  struct Node: Sendable {
    let parent: Int
    /// How many objects it is inside of.
    let level: Int
    /// How many containers it is inside of.
    let depth: Int
    fileprivate(set) var kinds: Kinds = []
    fileprivate(set) var names = NameIndex<[UInt8]>()
    /// The nodes of the members, by the numbers of their names.
    fileprivate(set) var members: [Int] = []
    fileprivate(set) var element: Int?
    fileprivate var weight = 1

    fileprivate var limit: Int { level == 0 ? ShapeTree.most : max(16, ShapeTree.most >> (level + 2)) }
    /// Whether there is too much below it to be told.
    var isFull: Bool { weight > limit }
  }

  /// What all values together may weigh; a member of theirs an eighth of it, of that a sixteenth, and so on.
  static let most = 4096
  /// What is inside of more containers is not told.
  static let deepest = 32
  /// The longest name in bytes that tables can have.
  static let longestName = 255

  private(set) var nodes = [Node(parent: 0, level: 0, depth: 0)]

  mutating func insert(_ kinds: Kinds, at node: Int) {
    nodes[node].kinds.formUnion(kinds)
    if nodes[node].depth >= Self.deepest, !kinds.isDisjoint(with: [.object, .array]) { fill(node) }
  }

  /// The node of a member; nil if there is too much.
  mutating func member(_ name: [UInt8], of node: Int) -> Int? {
    if let known = nodes[node].names.known(name) { return nodes[node].members[known] }
    if name.count > Self.longestName { fill(node) }
    guard let new = append(to: node, level: nodes[node].level + 1) else { return nil }
    _ = nodes[node].names.number(of: name)
    nodes[node].members.append(new)
    return new
  }

  /// The node of all elements; nil if there is too much.
  mutating func element(of node: Int) -> Int? {
    if let known = nodes[node].element { return known }
    let new = append(to: node, level: nodes[node].level)
    nodes[node].element = new
    return new
  }

  /// Gives up what is below a node.
  mutating func fill(_ node: Int) { grow(node, by: nodes[node].limit) }

  private mutating func append(to node: Int, level: Int) -> Int? {
    if !isOpen(node) { return nil }
    nodes.append(Node(parent: node, level: level, depth: nodes[node].depth + 1))
    grow(node, by: 1)
    return isOpen(node) ? nodes.count - 1 : nil
  }

  private mutating func grow(_ node: Int, by amount: Int) {
    var (node, amount) = (node, amount)
    // What is full does not grow, and so what is around it does not.
    while amount > 0 {
      let old = nodes[node].weight
      nodes[node].weight = min(old + amount, nodes[node].limit + 1)
      amount = nodes[node].weight - old
      if node == 0 { return }
      node = nodes[node].parent
    }
  }

  /// Whether neither it nor what is around it is full.
  private func isOpen(_ node: Int) -> Bool {
    var node = node
    while !nodes[node].isFull {
      if node == 0 { return true }
      node = nodes[node].parent
    }
    return false
  }

  /// Adds the shape of other values.
  mutating func add(_ other: ShapeTree) {
    if nodes.count == 1, nodes[0].kinds.isEmpty, !nodes[0].isFull {
      self = other
    } else {
      add(other, 0, to: 0)
    }
  }

  // No deeper than `deepest`.
  private mutating func add(_ other: ShapeTree, _ source: Int, to node: Int) {
    let added = other.nodes[source]
    insert(added.kinds, at: node)
    if added.isFull { return fill(node) }
    for (name, member) in zip(added.names.names, added.members) {
      if let known = self.member(name, of: node) { add(other, member, to: known) }
    }
    if let element = added.element, let known = self.element(of: node) { add(other, element, to: known) }
  }
}

extension ShapeTree? {
  /// Adds the shape of other values, if there are any.
  mutating func add(_ other: ShapeTree?) {
    guard let other else { return }
    if self == nil { self = other } else { self?.add(other) }
  }
}
