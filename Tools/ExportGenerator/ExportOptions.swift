// What can be asked of an export. Everything that shapes the data is here, so that equal options and an equal
// version of the generator mean equal bytes.

/// How an export is laid out; the values in it are the same in every style.
public enum ExportStyle: String, CaseIterable, Sendable {
  /// One array, no white space.
  case minified
  /// One array, four spaces, as in the vendor's documents.
  case pretty
  /// One array, two spaces.
  case pretty2
  /// One asset a line.
  case ndjson
  /// Four spaces, with line ends as Windows writes them.
  case crlf

  var indent: Int {
    switch self {
    case .minified, .ndjson: 0
    case .pretty, .crlf: 4
    case .pretty2: 2
    }
  }
}

/// Which generation of the format is written.
public enum ExportFormat: String, CaseIterable, Sendable {
  /// `task` with everything the present documents name.
  case current
  /// `task` as of 2023, with fewer members.
  case y2023 = "2023"
  /// `tasks` with `objects` and no stages, as of 2021.
  case legacy
  /// All three in one file.
  case mixed
}

/// How big the assets are.
public enum ExportKind: String, CaseIterable, Sendable {
  /// From 8 KB to tens of megabytes, 1.7 MB on average.
  case video
  /// 2 to 8 KB.
  case images
  /// One video asset that is the whole file.
  case giant
}

/// What to generate.
public struct ExportOptions: Sendable, Hashable {
  /// About how many bytes the export has when minified; other styles hold the same data in more bytes.
  public var size: Int
  /// Where the data comes from.
  public var seed: UInt64
  /// How it is laid out.
  public var style: ExportStyle
  /// Which generation of the format it is in.
  public var format: ExportFormat
  /// How big its assets are.
  public var kind: ExportKind
  /// Members come in random order at every level.
  public var shuffleKeys: Bool
  /// Stage, batches, times and ids come after everything else of their object.
  public var lateContext: Bool
  /// How many batch names there are.
  public var batches: Int
  /// Text and numbers made to mislead.
  public var traps: Bool

  /// Asks for an export; only the size has no default.
  public init(
    size: Int, seed: UInt64 = 1, style: ExportStyle = .minified, format: ExportFormat = .current,
    kind: ExportKind = .video, shuffleKeys: Bool = false, lateContext: Bool = false, batches: Int = 12,
    traps: Bool = false
  ) {
    self.size = size
    self.seed = seed
    self.style = style
    self.format = format
    self.kind = kind
    self.shuffleKeys = shuffleKeys
    self.lateContext = lateContext
    self.batches = batches
    self.traps = traps
  }
}
