// The shape of many values is the same however they come, and never bigger than its bound.

import ExportGenerator
import Testing

@testable import Sluice

@Suite struct ShapeTreeTests {
  /// A JSON value as far as its shape goes.
  private indirect enum Value {
    case scalar(ShapeTree.Kinds)
    case object([(name: [UInt8], value: Value)])
    case array([Value])

    init(_ random: inout SplitMix64, depth: Int) {
      switch Int.random(in: 0..<(depth > 0 ? 8 : 4), using: &random) {
      case 0: self = .scalar(.null)
      case 1: self = .scalar(.integer)
      case 2: self = .scalar(.string)
      case 3: self = .scalar(.number)
      case 4, 5:
        self = .array(
          (0..<Int.random(in: 0...3, using: &random)).map { _ in Value(&random, depth: depth - 1) })
      default:
        // Now and then so many names that the bounds are met.
        let names = Int.random(in: 0..<6, using: &random) == 0 ? 700 : 4
        self = .object(
          (0..<Int.random(in: 0...min(names, 90), using: &random)).map { _ in
            (Array("k\(Int.random(in: 0..<names, using: &random))".utf8), Value(&random, depth: depth - 1))
          })
      }
    }

    func add(to tree: inout ShapeTree, at node: Int = 0) {
      switch self {
      case .scalar(let kind): tree.insert(kind, at: node)
      case .object(let members):
        tree.insert(.object, at: node)
        for (name, value) in members {
          if let member = tree.member(name, of: node) { value.add(to: &tree, at: member) }
        }
      case .array(let elements):
        tree.insert(.array, at: node)
        for value in elements {
          if let element = tree.element(of: node) { value.add(to: &tree, at: element) }
        }
      }
    }
  }

  private func tree(_ values: some Sequence<Value>) -> ShapeTree {
    var tree = ShapeTree()
    for value in values { value.add(to: &tree) }
    return tree
  }

  /// Values in any order, shared out in any way and joined in any order have one shape.
  @Test(arguments: 0..<40)
  func order(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let values = (0..<Int.random(in: 1...80, using: &random)).map { _ in
      Value.object([(Array("a".utf8), Value(&random, depth: 6)), (Array("b".utf8), Value(&random, depth: 3))])
    }
    let expected = tree(values).type
    for _ in 0..<4 {
      let shuffled = values.shuffled(using: &random)
      #expect(tree(shuffled).type == expected)
      let size = Int.random(in: 1...20, using: &random)
      var parts = stride(from: 0, to: values.count, by: size).map {
        tree(shuffled[$0..<min($0 + size, values.count)])
      }
      parts.shuffle(using: &random)
      var joined = ShapeTree()
      for part in parts { joined.add(part) }
      #expect(joined.type == expected)
      #expect(joined.nodes.count <= ShapeTree.most + 1)
    }
  }

  /// An object of ever new keys becomes JSON alone; too many such objects, and all is JSON.
  @Test func manyNames() {
    func wide(_ objects: Int) -> ShapeTree {
      var tree = ShapeTree()
      for number in 0..<objects {
        for key in 0..<2000 {
          tree.insert(.object, at: 0)
          guard let object = tree.member(Array("o\(number)".utf8), of: 0) else { continue }
          tree.insert(.object, at: object)
          guard let member = tree.member(Array("k\(key)".utf8), of: object) else { continue }
          tree.insert(.integer, at: member)
        }
      }
      if let other = tree.member(Array("other".utf8), of: 0) { tree.insert(.string, at: other) }
      return tree
    }
    #expect(wide(2).type == .record([.init("o0", .json), .init("o1", .json), .init("other", .text)]))
    #expect(wide(9).type == .json)
    #expect(wide(9).nodes.count <= ShapeTree.most + 1)
  }

  /// What is nested too deep is JSON, and so is an object with a name that no table can have.
  @Test func depthAndNames() {
    for (depth, expected) in [(ShapeTree.deepest - 1, false), (ShapeTree.deepest, true)] {
      var deep = ShapeTree()
      deep.insert(.object, at: 0)
      if let other = deep.member(Array("other".utf8), of: 0) { deep.insert(.string, at: other) }
      var node = deep.member(Array("deep".utf8), of: 0)
      for _ in 0..<depth {
        guard let list = node else { break }
        deep.insert(.array, at: list)
        node = deep.element(of: list)
      }
      guard case .record(let members) = deep.type else {
        Issue.record("\(deep.type)")
        continue
      }
      #expect((members[0].type == .json) == expected)
      #expect(members[1].type == .text)
    }
    for name in [String(repeating: "n", count: 256), "", "a\u{1}b"] {
      var tree = ShapeTree()
      tree.insert(.object, at: 0)
      if let member = tree.member(Array(name.utf8), of: 0) { tree.insert(.integer, at: member) }
      #expect(tree.type == .json)
    }
  }
}
