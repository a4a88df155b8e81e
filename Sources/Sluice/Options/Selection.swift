// What a run keeps, as the user said it.

/// The filters of a run.
///
/// Within one of them any value may match; across them all must. Names are compared as UTF-8, byte by byte.
public struct Selection: Sendable, Hashable {
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
  public var sample: Sample?

  /// Keeps everything.
  public init() {}

  /// Whether annotations must be looked at.
  var looksAtTitles: Bool { !titles.isEmpty || !excludedTitles.isEmpty }
  /// Whether assets are chosen by batch.
  var looksAtBatches: Bool { !batches.isEmpty || noBatch || !excludedBatches.isEmpty }
  /// Whether tasks are chosen by stage.
  var looksAtStages: Bool { !stages.isEmpty || !excludedStages.isEmpty }
  /// Whether tasks are chosen by time.
  var looksAtTimes: Bool { updatedSince != nil || updatedBefore != nil }
}
