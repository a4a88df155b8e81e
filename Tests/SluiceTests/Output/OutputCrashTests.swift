// A run may die at any step. Whatever step it is, the next run finds the old tree, nothing, or the complete new
// one, and leaves no trace of the dead one; also when that next run dies in turn.

import Foundation
import Storage
import Synchronization
import SystemPackage
import Testing

@testable import Sluice

private struct Crash: Error {}

/// How DIR stands and what the system allows.
private enum Setting: String, CaseIterable {
  /// There is no DIR.
  case absent
  /// DIR is replaced by exchanging names.
  case exchange
  /// The file system exchanges no names.
  case journal
  /// DIR is a mount point, so that nothing can be renamed over it.
  case mount

  var system: OutputSystem {
    var system = OutputSystem()
    if self == .journal {
      system.exchange = { throw StorageError(operation: "exchange", path: $1, errno: .invalidArgument) }
    }
    if self == .mount { system.isMountPoint = { Path.name(of: $0) == "out" } }
    return system
  }

  /// The system that dies at the step of that number; nil counts the steps only.
  func system(crashingAt number: Int?, count: Counter) -> OutputSystem {
    var system = system
    system.before = { _ in
      if count.next() == number { throw Crash() }
    }
    return system
  }
}

private final class Counter: Sendable {
  private let value = Mutex(0)
  var count: Int { value.withLock { $0 } }
  func next() -> Int {
    value.withLock { value in
      defer { value += 1 }
      return value
    }
  }
}

@Suite struct OutputCrashTests {
  private func prepare(_ setting: Setting) throws -> TestTree {
    let tree = try TestTree()
    // A mount point is there before the first run.
    if setting == .mount { try Directory.create(tree.path("out")) }
    if setting != .absent { try SampleTree.commit("old", to: tree.path("out"), system: setting.system) }
    return tree
  }

  /// Commits "new" and dies at a step; says whether it did.
  private func run(_ word: String, _ tree: TestTree, _ system: OutputSystem) throws -> Bool {
    do {
      try SampleTree.commit(word, to: tree.path("out"), overwrite: true, system: system)
      return false
    } catch is Crash {
      return true
    }
  }

  /// Between runs a manifest is only there with all that belongs to it.
  private func checkNoMixture(_ tree: TestTree, _ words: [String], _ comment: Comment) {
    guard let files = tree.files("out"), files["manifest.json"] != nil else { return }
    let visible = files.filter { !$0.key.hasPrefix(".") }
    #expect(words.contains { SampleTree.files($0) == visible }, comment)
  }

  /// Recovers without writing anything, and checks what is there.
  private func checkRecovered(_ tree: TestTree, _ setting: Setting, _ words: [String], _ comment: Comment)
    throws
  {
    let next = try OutputTransaction(
      directory: tree.path("out"), overwrite: true, system: setting.system)
    next.abort()
    let files = tree.files("out")
    let isNothing = setting == .absent && files == nil
    #expect(isNothing || words.contains { SampleTree.files($0) == files }, comment)
    #expect(try tree.names() == (files == nil ? [] : ["out"]), comment)
  }

  /// Dies once at each step.
  @Test(arguments: Setting.allCases)
  private func once(setting: Setting) throws {
    var number = 0
    while true {
      let comment: Comment = "\(setting), step \(number)"
      let tree = try prepare(setting)
      let isDead = try run("new", tree, setting.system(crashingAt: number, count: Counter()))
      checkNoMixture(tree, ["old", "new"], comment)
      try checkRecovered(tree, setting, ["old", "new"], comment)
      #expect(try !run("last", tree, setting.system), comment)
      #expect(tree.files("out") == SampleTree.files("last"), comment)
      #expect(try tree.names() == ["out"], comment)
      if !isDead { break }
      number += 1
    }
    #expect(number > (setting == .absent ? 8 : 9))
  }

  /// Dies at each step, and the run after it at each of its own.
  @Test(arguments: Setting.allCases)
  private func twice(setting: Setting) throws {
    var first = 0
    while true {
      var second = 0
      var diedFirst = false
      while true {
        let tree = try prepare(setting)
        diedFirst = try run("new", tree, setting.system(crashingAt: first, count: Counter()))
        let diedAgain = try run("next", tree, setting.system(crashingAt: second, count: Counter()))
        let comment: Comment = "\(setting), steps \(first) and \(second)"
        checkNoMixture(tree, ["old", "new", "next"], comment)
        try checkRecovered(tree, setting, ["old", "new", "next"], comment)
        if !diedAgain { break }
        second += 1
      }
      if !diedFirst { break }
      // A second death is as good after every third first one.
      first += 3
    }
  }

  /// A file that somebody puts into DIR while a commit is half done survives the recovery.
  @Test func strangersSurvive() throws {
    let setting = Setting.mount
    let counter = Counter()
    let whole = try prepare(setting)
    #expect(try !run("new", whole, setting.system(crashingAt: nil, count: counter)))
    for number in 0..<counter.count {
      let tree = try prepare(setting)
      _ = try run("new", tree, setting.system(crashingAt: number, count: Counter()))
      try tree.write("out/mine.txt", "x")
      _ = try? OutputTransaction(directory: tree.path("out"), overwrite: true, system: setting.system).abort()
      #expect(tree.files("out")?["mine.txt"] == "x", "step \(number)")
    }
  }
}
