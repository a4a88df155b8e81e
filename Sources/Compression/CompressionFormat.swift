// What parts are compressed with, and the choice that is made when nobody chooses.

/// How the parts of an output are compressed.
public enum CompressionFormat: String, CaseIterable, Sendable {
  /// One zstd frame a part.
  case zstd
  /// One gzip member a part.
  case gzip
  /// Not at all.
  case none

  /// The suffix that lake engines know such a part by.
  public var fileSuffix: String {
    switch self {
    case .zstd: ".jsonl.zst"
    case .gzip: ".jsonl.gz"
    case .none: ".jsonl"
    }
  }

  /// The levels that may be asked for; nil where there is no level.
  public var levels: ClosedRange<Int>? {
    switch self {
    case .zstd: ZstdSettings.levels
    case .gzip: 0...9
    case .none: nil
    }
  }
}

/// How parts are to be compressed.
public struct CompressionOptions: Hashable, Sendable {
  /// The format of the parts.
  public var format: CompressionFormat
  /// The level as the format's own tool knows it; nil for the default.
  ///
  /// zstd's default is not one of its levels but level 1 with long-distance matching in an 8 MiB window,
  /// which on annotation exports is both faster and smaller than level 3. Levels 20 to 22 run with their
  /// window cut to 8 MiB, since readers of data lakes refuse larger ones. gzip's default is 6.
  public var level: Int?
  /// The window log for zstd's long-distance matching (`zstd --long=N`), 10...23; nil for none, unless
  /// `level` is nil too.
  public var long: Int?
  /// How many threads compress one zstd part, at least 1; the bytes don't depend on it.
  public var workers: Int

  /// Chooses a format and its settings.
  public init(
    format: CompressionFormat = .zstd, level: Int? = nil, long: Int? = nil, workers: Int = 1
  ) {
    self.format = format
    self.level = level
    self.long = long
    self.workers = workers
  }
}
