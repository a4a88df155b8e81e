// The scanner that reads annotations without a parser: what it says, and where it leaves the word to yajl, never
// shows.

import ByteScan
import Testing

@testable import Sluice

@Suite struct AnnotationScannerTests {
  /// The runs that read annotations: rows of them, and assets chosen and pruned by their titles.
  private static let variants: [@Sendable (inout RunOptions) -> Void] = [
    { $0.rows.kind = .annotations },
    { options in
      options.rows.kind = .annotations
      options.rows.history = .rows
      options.selection.titles = ["usual"]
    },
    { options in
      options.rows.prune = true
      options.selection.titles = ["usual"]
    },
    { options in
      options.rows.prune = true
      options.selection.excludedTitles = ["usual", "a"]
    },
    { $0.selection.excludedTitles = ["a", "title"] },
  ]

  /// What the reference engine makes of an input, after every way of the fast engine has made the same.
  private func agree(_ text: String, _ onError: ErrorPolicy = .stop) throws {
    let input = TrialInput(bytes: Array(text.utf8))
    for (variant, change) in Self.variants.enumerated() {
      var options = RunOptions(workers: 1)
      change(&options)
      options.onError = onError
      options.resources.validation = .all
      options.resources.engine = .reference
      let expected = try TrialOutcome(input, options)
      options.resources.engine = .fast
      for (number, way) in GeneratedExportTests.resources.enumerated() {
        var options = options
        options.resources.blockSize = way.blockSize
        options.resources.workers = way.workers
        if way.isSmall { options.resources.memory = smallMemory(options) }
        options.resources.kernel = ScanKernel.available[number % ScanKernel.available.count]
        #expect(try TrialOutcome(input, options) == expected, "variant \(variant) \(way) \(text)")
      }
    }
  }

  private static let usual = "{\"title\":\"usual\",\"point\":[1,2],\"page\":4,\"objectId\":\"o\"}"

  /// Annotations of which it cannot be sure, one by one among others, in lists of every kind and of snapshots.
  @Test(arguments: AnnotationElements.doubtful)
  func doubts(element: String) throws {
    let list = "[\(Self.usual),\(element), \(Self.usual)]"
    let lists = "\"tools\":\(list),\"classifications\":\(list),\"relations\":\(list)"
    try agree(
      """
      {"task":{\(lists),"stage":"S","stageHistory":[{"stage":"T",\(lists)}]}}
      {"task":{"stage":"S","tools":[\(element)],"tools":\(list)}}
      {"tasks":[{"objects":\(list)},{"objects":[\(Self.usual)]}]}
      {"tasks":[{"objects":\(list)}],"task":{"tools":[\(element),\(element)]}}
      """)
  }

  /// Malformed annotations are where the reference engine finds them.
  @Test(arguments: AnnotationElements.malformed)
  func faults(element: String) throws {
    let bad = "{\"task\":{\"stage\":\"S\",\"tools\":[\(Self.usual),\(element),\(Self.usual)]}}"
    let good = "{\"task\":{\"stage\":\"S\",\"tools\":[\(Self.usual)]}}"
    try agree("[\([good, bad, good].joined(separator: ",\n"))]")
    try agree([good, bad, good].joined(separator: "\n"), .skip)
  }

  /// What stands directly in an annotation is judged also where nothing is written and not everything is
  /// validated: there nobody but the scanner looks at it.
  @Test(arguments: AnnotationElements.malformed.filter { !$0.contains("metadata") })
  func faultsOfWhatIsLeftOut(element: String) throws {
    let text = "[{\"task\":{\"stage\":\"S\",\"tools\":[\(Self.usual),\(element),\(Self.usual)]}}]"
    for kind in [RowKind.annotations, .assets] {
      var options = RunOptions(workers: 1)
      options.rows.kind = kind
      options.selection.titles = ["another"]
      options.resources.engine = .reference
      options.resources.validation = .all
      let expected = try TrialOutcome(TrialInput(bytes: Array(text.utf8)), options)
      #expect(!expected.error.isEmpty)
      options.resources.engine = .fast
      options.resources.validation = .kept
      for blockSize in [7, 64, 1 << 20] {
        options.resources.blockSize = blockSize
        #expect(try TrialOutcome(TrialInput(bytes: Array(text.utf8)), options) == expected, "\(kind) \(text)")
      }
    }
  }

  /// The depth that is allowed is asked of the containers in an annotation as of all others.
  @Test(arguments: 3...7)
  func depth(most: Int) throws {
    let text = "[{\"task\":{\"stage\":\"S\",\"tools\":[{\"title\":\"usual\",\"point\":[1,2]}]}}]"
    var options = RunOptions(workers: 1)
    options.rows.kind = .annotations
    options.resources.maxDepth = most
    let found = try TrialOutcome(TrialInput(bytes: Array(text.utf8)), options)
    options.resources.engine = .reference
    #expect(try TrialOutcome(TrialInput(bytes: Array(text.utf8)), options) == found)
    #expect(found.error.isEmpty == (most >= 5), "\(found)")
  }
}
