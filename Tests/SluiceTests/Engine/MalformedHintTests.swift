// A hint offers to leave out what is malformed only where that leaves out one asset and keeps the rest.

import Foundation
import Sluice
import Testing

@Suite struct MalformedHintTests {
  private static let good = #"{"externalId":"a","batches":[],"task":{"stage":"S","stageId":"s"}}"#

  /// Texts in which `@` is a good asset, and how many of these there are when one is left out; nil if what follows
  /// would go with it, so that there is no such offer.
  static let texts: [(text: String, kept: Int?)] = [
    ("[@,{\"a\":nul},@]", 2), ("[@,{\"a\":1,},@]\n[@]", 3), ("[@,7,@]", 2), ("[@,[@],@]", 2),
    ("[@,nul,@]", 2),
    ("[@,{\"a\":\"\u{1}\"},@]", 2), ("[@,{\"a\":[},@]\n[@]", nil), ("[@,{\"a\":]},@]", nil),
    ("[@\n@]", nil), ("[@,\n]", nil), ("[,@]", nil), ("[@}\n[@]", nil), ("[@] x\n[@]", nil),
    ("[@]]\n[@]", nil),
    ("[@],@", nil), ("[@,@", nil), ("[@,{\"a\":1", nil), ("[@,@\n[@]", nil),
    ("@\n{\"a\":nul}\n@", 2), ("@\n{\"a\":1\n[@,@]", 3), ("@\n7\n@", 2), ("@\noh no\n@", 2),
    ("[@]\n{\"a\":]\n[@]", 2),
    ("@,@", nil), ("@,\n@", nil), ("@]\n@", nil), ("@}\n@", nil),
  ]

  @Test(arguments: texts.indices, [ResourceOptions.Engine.fast, .reference])
  func offersToLeaveOutWhatLeavesTheRest(number: Int, engine: ResourceOptions.Engine) throws {
    let (text, kept) = Self.texts[number]
    let input = TrialInput(bytes: Array(text.replacing("@", with: Self.good).utf8))
    var options = RunOptions(workers: 1)
    options.resources.engine = engine
    let error = #expect(throws: RunError.self) { try run(input, options) }
    let hint = try #require(error?.hint)
    guard let kept else {
      #expect(!hint.contains("such assets out"), "\(text): \(hint)")
      return
    }
    #expect(hint.contains("onError = .skip"), "\(text): \(hint)")
    options.onError = .skip
    let assets = try run(input, options).assets
    #expect(assets.kept == kept && assets.skipped == 1, "\(text): \(assets)")
  }

  private func run(_ input: TrialInput, _ options: RunOptions) throws -> RunReport {
    try input.withName { name in
      try Run(inputs: [.path(name)], output: .stream { _ in }, options: options).execute().report
    }
  }
}
