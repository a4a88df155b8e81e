// What a pass has found: for people through its members, for machines as one line of JSON.

internal import Sharding

/// Something that was counted by name.
public struct NamedCount: Sendable, Hashable {
  /// The name in UTF-8, nil for none.
  public var name: [UInt8]?
  /// How many there are.
  public var count: Int
}

/// A table that keeps names until they take 4 MiB.
public struct CountedNames: Sendable {
  /// The names it kept, those with most first, then bytewise, no name first.
  public let names: [NamedCount]
  /// The sum of those it did not keep.
  public let other: Int

  init(_ tally: BoundedTally) {
    names = tally.rows.map { NamedCount(name: $0.name, count: $0.count.seen) }.sorted { left, right in
      if left.count != right.count { return left.count > right.count }
      guard let name = right.name else { return false }
      return left.name.map { $0.lexicographicallyPrecedes(name) } ?? true
    }
    other = tally.other.seen
  }

  func json(_ unit: String) -> JSONText {
    .array(names.map { .object([("name", .bytes($0.name)), (unit, .int($0.count))]) })
  }

  /// The same with how many annotations go with each name.
  func json(_ unit: String, annotations: CountedNames) -> JSONText {
    let known = Dictionary(annotations.names.map { ($0.name, $0.count) }) { first, _ in first }
    return .array(
      names.map {
        .object([
          ("name", .bytes($0.name)), (unit, .int($0.count)), ("annotations", .number(known[$0.name])),
        ])
      })
  }
}

/// An asset among the biggest.
public struct BigAsset: Sendable {
  /// Where it is.
  public var input: String
  /// The entry of an archive.
  public var entry: String?
  /// Its number in its input, from 0.
  public var asset: Int
  /// Its first byte.
  public var byte: Int
  /// How many bytes it has as it stands.
  public var bytes: Int
  /// How many annotations.
  public var annotations: Int
  /// Its `externalId`.
  public var externalId: [UInt8]?

  var members: [(String, JSONText)] {
    [
      ("externalId", .bytes(externalId)), ("bytes", .int(bytes)), ("annotations", .int(annotations)),
      ("input", .text(input)), ("entry", .text(entry)), ("asset", .int(asset)), ("byte", .int(byte)),
    ]
  }
}

/// An asset whose annotations are on pages.
public struct PagedAsset: Sendable {
  /// Which.
  public var asset: BigAsset
  /// Pages with annotations, and the first and last of them.
  public var pages: Int
  /// The first page with annotations.
  public var firstPage: Int
  /// The last.
  public var lastPage: Int
  /// How often pages without annotations lie between those with some.
  public var gaps: Int
  /// How many pages a bin has.
  public var binWidth: Int
  /// Annotations from page 0 on, bin by bin.
  public var bins: [Int]

  var json: JSONText {
    .object(
      asset.members + [
        ("pages", .int(pages)), ("firstPage", .int(firstPage)), ("lastPage", .int(lastPage)),
        ("gaps", .int(gaps)), ("binWidth", .int(binWidth)), ("bins", .array(bins.map { .int($0) })),
      ])
  }
}

/// How often ids come again.
public struct IdentityCounts: Sendable, Hashable {
  /// Different ids.
  public var distinct: Int
  /// Ids that had come before.
  public var repeated: Int
  /// Those without one.
  public var missing: Int
  /// Whether the numbers are exact, as they are up to 1,048,576 different ids.
  ///
  /// Beyond, what comes is told from the first of them only, and `repeated` is the least it can be.
  public var isExact: Bool

  init(_ set: IdentitySet) {
    distinct = set.distinct
    repeated = set.repeated
    missing = set.missing
    isExact = set.unsure == 0
  }

  var json: JSONText {
    .object([
      ("distinct", .int(distinct)), ("repeated", .int(repeated)), ("missing", .int(missing)),
      ("exact", .bool(isExact)),
    ])
  }
}

/// Pages without annotations between those with some.
public struct PageGaps: Sendable, Hashable {
  /// Stretches of such pages.
  public var count: Int
  /// The pages in them.
  public var pages: Int
  /// Assets that have one.
  public var assets: Int
}

/// URLs that carry a signature, which gives access to whoever has it until it expires.
public struct SignedURLCounts: Sendable, Hashable {
  /// How many there are.
  public var count: Int
  /// Assets that have one.
  public var assets: Int
  /// When the first of them expires; nil if none says so.
  public var earliestExpiry: Timestamp?
  /// When the last of them expires; nil if none says so.
  public var latestExpiry: Timestamp?
}

/// Assets of about one size.
public struct SizeClass: Sendable, Hashable {
  /// They have at least this many bytes, and fewer than twice as many.
  public var from: Int
  /// How many there are.
  public var assets: Int
  /// What they take together.
  public var bytes: Int
}

/// One input or entry.
public struct InspectedInput: Sendable {
  /// As it was named.
  public var name: String
  /// The entry of an archive.
  public var entry: String?
  /// `plain`, `gzip`, `zstd` or `zip`.
  public var container: String
  /// `array` or `objects`; nil if it is empty.
  public var layout: String?
  /// Decompressed bytes.
  public var bytes: Int
  /// Assets, malformed ones too.
  public var assets: Int
}

/// What is in an export.
public struct InspectionReport: Sendable {
  /// What a run would say of it.
  public let report: RunReport
  /// How many threads worked.
  public let workers: Int
  /// What was read.
  public let inputs: [InspectedInput]
  let totals: InspectionTotals

  init(_ reader: InputsReader, workers: Int) {
    let counts = reader.counts
    report = counts.report
    totals = counts.inspection ?? InspectionTotals()
    self.workers = workers
    inputs = zip(report.inputs, reader.manifestInputs).enumerated().map { index, input in
      InspectedInput(
        name: input.0.name, entry: input.0.entry, container: input.1.container,
        layout: counts.framings[index].map { $0 == .array ? "array" : "objects" }, bytes: input.0.bytes,
        assets: input.0.assets)
    }
  }
}

// MARK: What people ask for

extension InspectionReport {
  /// Tasks by stage.
  public var stages: CountedNames { CountedNames(report.stages) }
  /// Assets by batch, those in none under no name.
  public var batches: CountedNames { CountedNames(report.batches) }
  /// Annotations by the stage of their task.
  public var annotationsByStage: CountedNames { CountedNames(totals.stages) }
  /// Annotations by batch, once for each batch of their asset.
  public var annotationsByBatch: CountedNames { CountedNames(totals.batches) }
  /// Annotations by title.
  public var titles: CountedNames { CountedNames(report.titles) }
  /// Annotations by kind.
  public var kinds: CountedNames { CountedNames(report.kinds) }
  /// Annotations by tool.
  public var tools: CountedNames { CountedNames(report.tools) }
  /// Annotations by who made them.
  public var users: CountedNames { CountedNames(totals.users) }

  /// Whole assets.
  public var assets: Int { report.assets.seen - report.assets.skipped }
  /// Those of the current format, and of the legacy one.
  public var currentAssets: Int { totals.sums.current }
  /// Those with `tasks`.
  public var legacyAssets: Int { totals.sums.legacy }
  /// Those without a task.
  public var assetsWithoutTask: Int { totals.sums.withoutTask }
  /// What whole assets take.
  public var assetBytes: Int { totals.sums.bytes }
  /// The fewest bytes of an asset, and the most.
  public var smallestAsset: Int? { assets > 0 ? totals.sums.smallest : nil }
  /// The most bytes of an asset.
  public var largestAsset: Int? { assets > 0 ? totals.sums.largest : nil }
  /// What `stageHistory` takes of them.
  public var historyBytes: Int { totals.sums.historyBytes }
  /// What the annotations of tasks take.
  public var annotationBytes: Int { totals.sums.listBytes }
  /// All annotations.
  public var annotations: Int { report.annotations?.seen ?? 0 }

  /// Assets whose annotations are on pages.
  public var pagedAssets: Int { totals.sums.pagedAssets }
  /// Pages with annotations.
  public var pages: Int { totals.sums.pages }
  /// Annotations with a page.
  public var annotationsOnPages: Int { totals.sums.annotationsOnPages }
  /// How often pages without annotations lie between those with some, in how many assets.
  public var gaps: PageGaps {
    PageGaps(
      count: totals.sums.gaps, pages: totals.sums.gapPages, assets: totals.sums.assetsWithGaps)
  }

  /// How often `externalId` comes again.
  public var externalIds: IdentityCounts { IdentityCounts(totals.externalIds) }
  /// How often `taskId` comes again.
  public var taskIds: IdentityCounts { IdentityCounts(totals.taskIds) }

  /// URLs that carry a signature.
  public var signedURLs: SignedURLCounts {
    SignedURLCounts(
      count: totals.urls.count, assets: totals.sums.signedAssets,
      earliestExpiry: totals.urls.earliest.map { Timestamp(secondsSinceEpoch: $0) },
      latestExpiry: totals.urls.latest.map { Timestamp(secondsSinceEpoch: $0) })
  }

  /// Keys that the documents do not name, those met most often first.
  public var unknownKeys: [UndocumentedKey] {
    totals.unknownKeys.sorted { left, right in
      if left.count != right.count { return left.count > right.count }
      if left.place != right.place { return left.place < right.place }
      return left.name.lexicographicallyPrecedes(right.name)
    }
  }

  /// The place of a key in words.
  public func example(of key: UndocumentedKey) -> String {
    let input = report.inputs[key.first.input]
    return "\(input.entry ?? input.name), byte \(key.first.byte), asset \(key.first.asset)"
  }

  /// The assets with the most bytes.
  public var biggestByBytes: [BigAsset] { totals.byBytes.assets.map(named) }
  /// The assets with the most annotations.
  public var biggestByAnnotations: [BigAsset] { totals.byAnnotations.assets.map(named) }
  /// The paged assets with the most annotations.
  public var videos: [PagedAsset] {
    totals.videos.assets.compactMap { asset in
      guard let pages = asset.pages, pages.last >= 0 else { return nil }
      return PagedAsset(
        asset: named(asset), pages: pages.pages, firstPage: pages.first, lastPage: pages.last,
        gaps: pages.gaps.count, binWidth: pages.binWidth, bins: pages.bins)
    }
  }

  private func named(_ asset: InspectedAsset) -> BigAsset {
    let input = report.inputs[asset.input]
    return BigAsset(
      input: input.name, entry: input.entry, asset: asset.number, byte: asset.offset, bytes: asset.bytes,
      annotations: asset.annotations, externalId: asset.externalId)
  }

  /// Assets by size, the smallest first, without classes that are empty at either end.
  public var sizes: [SizeClass] {
    let sums = totals.sums
    guard let first = sums.sizes.firstIndex(where: { $0 > 0 }),
      let last = sums.sizes.lastIndex(where: { $0 > 0 })
    else { return [] }
    return (first...last).map {
      SizeClass(from: 1 << max(0, $0 - 1), assets: sums.sizes[$0], bytes: sums.sizeBytes[$0])
    }
  }
}

// MARK: As JSON

extension InspectionReport {
  /// One line, without its newline.
  public var json: String { String(decoding: JSONText.object(members).utf8, as: UTF8.self) }

  private var members: [(String, JSONText)] {
    [
      ("schema", .int(1)), ("generator", .text("sluice \(SluiceVersion.number)")),
      ("status", .text(report.isPartial ? "partial" : "complete")),
      ("inputs", .array(inputs.map(\.json))), ("assets", assetsJSON), ("tasks", .int(report.tasks.seen)),
      ("annotations", .int(annotations)), ("kinds", kinds.json("annotations")),
      ("tools", tools.json("annotations")), ("titles", titles.json("annotations")),
      ("stages", stages.json("tasks", annotations: annotationsByStage)),
      ("batches", batches.json("assets", annotations: annotationsByBatch)),
      ("users", users.json("annotations")),
      (
        "other",
        .object([
          ("tools", .int(tools.other)), ("titles", .int(titles.other)), ("stages", .int(stages.other)),
          ("batches", .int(batches.other)), ("users", .int(users.other)),
          ("unknownKeys", .int(totals.otherUnknownKeys)),
        ])
      ),
      ("pages", pagesJSON), ("videos", .array(videos.map(\.json))),
      ("biggestByBytes", .array(biggestByBytes.map { .object($0.members) })),
      ("biggestByAnnotations", .array(biggestByAnnotations.map { .object($0.members) })),
      ("externalIds", externalIds.json), ("taskIds", taskIds.json), ("signedUrls", urlsJSON),
      ("unknownKeys", .array(unknownKeys.map(json))), ("duplicateKeys", .int(report.duplicateKeys)),
      ("warnings", .array(report.warnings.sorted { $0.code.rawValue < $1.code.rawValue }.map(\.json))),
    ]
  }

  private var assetsJSON: JSONText {
    .object([
      ("seen", .int(report.assets.seen)), ("skipped", .int(report.assets.skipped)),
      ("current", .int(currentAssets)), ("legacy", .int(legacyAssets)),
      ("withoutTask", .int(assetsWithoutTask)), ("bytes", .int(assetBytes)),
      ("smallest", .number(smallestAsset)), ("largest", .number(largestAsset)),
      ("historyBytes", .int(historyBytes)), ("withHistory", .int(totals.sums.withHistory)),
      ("annotationBytes", .int(annotationBytes)),
      (
        "sizes",
        .array(
          sizes.map {
            .object([("from", .int($0.from)), ("assets", .int($0.assets)), ("bytes", .int($0.bytes))])
          })
      ),
    ])
  }

  private var pagesJSON: JSONText {
    .object([
      ("assets", .int(pagedAssets)), ("pages", .int(pages)), ("annotations", .int(annotationsOnPages)),
      ("lastPage", .number(totals.sums.lastPage < 0 ? nil : totals.sums.lastPage)),
      ("gaps", .int(gaps.count)), ("gapPages", .int(gaps.pages)), ("assetsWithGaps", .int(gaps.assets)),
      ("exact", .bool(totals.sums.beyond == 0)),
    ])
  }

  private var urlsJSON: JSONText {
    .object([
      ("count", .int(signedURLs.count)), ("assets", .int(signedURLs.assets)),
      ("withoutExpiry", .int(totals.urls.withoutExpiry)),
      ("earliestExpiry", .text(signedURLs.earliestExpiry?.text)),
      ("latestExpiry", .text(signedURLs.latestExpiry?.text)),
    ])
  }

  private func json(_ key: UndocumentedKey) -> JSONText {
    let input = report.inputs[key.first.input]
    return .object([
      ("place", .text(key.place)), ("name", .bytes(key.name)), ("count", .int(key.count)),
      (
        "first",
        .object([
          ("input", .text(input.name)), ("entry", .text(input.entry)), ("byte", .int(key.first.byte)),
          ("asset", .int(key.first.asset)),
        ])
      ),
    ])
  }
}

extension InspectedInput {
  var json: JSONText {
    .object([
      ("name", .text(name)), ("entry", .text(entry)), ("container", .text(container)),
      ("layout", .text(layout)), ("bytes", .int(bytes)), ("assets", .int(assets)),
    ])
  }
}
