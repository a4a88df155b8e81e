// What a run keeps, as the user said it.

/// The filters of a run.
///
/// Within one of them any value may match; across them all must. Names are compared as UTF-8, byte by byte.
public struct AssetSelection: Sendable, Hashable {
  /// Keep tasks whose `stage` or `stageId` is one of these; empty means any.
  public var stages: [String] = []
  /// Drop tasks whose `stage` or `stageId` is one of these.
  public var excludedStages: [String] = []
  /// Keep assets with one of these among `batches`; empty means any, unless `noBatch`.
  public var batches: [String] = []
  /// Keep assets in no batch: one more value of `batches`.
  public var noBatch = false
  /// Drop assets with one of these among `batches`.
  public var excludedBatches: [String] = []
  /// Keep assets with an annotation of one of these titles; empty means any.
  public var titles: [String] = []
  /// Drop annotations of these titles, or the assets that have one.
  public var excludedTitles: [String] = []
  /// Keep tasks updated at this time or later.
  public var updatedSince: Timestamp?
  /// Keep tasks updated before this time.
  public var updatedBefore: Timestamp?
  /// Keep this share of the assets; nil for all.
  public var sample: AssetSample?

  /// Keeps everything.
  public init() {}

  /// Whether assets or annotations are chosen by annotations.
  package var looksAtAnnotations: Bool {
    NameOption.allCases.contains { $0.subject == .annotation && !names($0).isEmpty }
  }
  /// Whether assets are chosen by batch.
  var looksAtBatches: Bool { !batches.isEmpty || noBatch || !excludedBatches.isEmpty }
  /// Whether tasks are chosen by stage.
  var looksAtStages: Bool { !stages.isEmpty || !excludedStages.isEmpty }
  /// Whether tasks are chosen by time.
  var looksAtTimes: Bool { updatedSince != nil || updatedBefore != nil }
}

/// The options whose values are names that an export has or has not.
public enum NameOption: String, CaseIterable, Sendable {
  /// `--stage`
  case stage
  /// `--exclude-stage`
  case excludeStage
  /// `--batch`
  case batch
  /// `--exclude-batch`
  case excludeBatch
  /// `--title`
  case title
  /// `--exclude-title`
  case excludeTitle
}

extension NameOption {
  /// Whose names these are.
  enum Subject {
    case task, asset, annotation
  }

  var subject: Subject {
    switch self {
    case .stage, .excludeStage: .task
    case .batch, .excludeBatch: .asset
    case .title, .excludeTitle: .annotation
    }
  }
}

extension AssetSelection {
  /// The values of an option.
  func names(_ option: NameOption) -> [String] {
    switch option {
    case .stage: stages
    case .excludeStage: excludedStages
    case .batch: batches
    case .excludeBatch: excludedBatches
    case .title: titles
    case .excludeTitle: excludedTitles
    }
  }

  /// The values of an option, with their numbers among the values of all.
  func nameSet(_ option: NameOption) -> NameSet { NameSet(names(option), from: firstNumber(option)) }

  /// The number of an option's first value among the values of all.
  func firstNumber(_ option: NameOption) -> Int {
    NameOption.allCases.prefix { $0 != option }.reduce(0) { $0 + names($1).count }
  }
}
