// Everything that can be said of a run, with the defaults the command shows.

package import ByteScan
package import Compression
internal import Storage

/// What happens to a malformed asset.
public enum ErrorPolicy: String, CaseIterable, Sendable {
  /// The run fails and nothing is committed.
  case stop
  /// It is left out and counted.
  case skip
  /// It is left out, counted and written to `rejects/`, which only a directory has.
  case reject
}

/// What a row is.
public enum RowKind: String, CaseIterable, Sendable {
  /// An asset, as it stands in the export.
  case assets
  /// An annotation, behind columns of its asset and task.
  case annotations
}

/// What becomes of `stageHistory`.
public enum HistoryMode: String, CaseIterable, Sendable {
  /// It is copied; for asset rows.
  case keep
  /// The member is left out of each task; annotation rows ignore it.
  case drop
  /// The annotations of its snapshots are rows too; for annotation rows.
  case rows
}

/// A member that becomes a column of annotation rows.
public struct ContextKey: Sendable, Hashable {
  /// The member's name, and the column's.
  public var name: String
  /// Whether it is the task's; else it is the asset's.
  public var isTasks: Bool

  /// Reads `KEY`, or `task.KEY` for a member of the task.
  public init(_ text: String) {
    isTasks = text.hasPrefix("task.")
    name = isTasks ? String(text.dropFirst(5)) : text
  }

  /// As it is typed.
  public var text: String { (isTasks ? "task." : "") + name }
}

/// What rows are partitioned by.
public enum PartitionKey: String, CaseIterable, Sendable {
  /// The task's `stage`; in legacy exports the asset's `status`.
  case stage
  /// Each of the asset's `batches`.
  case batch
  /// The annotation's `title`; for annotation rows, like the next two.
  case title
  /// The annotation's kind.
  case kind
  /// The annotation's tool.
  case tool
}

/// What to do with the assets that are kept.
public struct RowOptions: Sendable, Hashable {
  /// What a row is.
  public var kind = RowKind.assets
  /// Further members that become columns of annotation rows.
  public var context: [ContextKey] = []
  /// Leave out the annotations that do not meet the title options.
  public var prune = false
  /// What becomes of `stageHistory`.
  public var history = HistoryMode.keep
  /// Cut the query, and with it the signature, off the URLs of assets and brush data.
  public var stripURLQuery = false
  /// Stop after this many kept assets.
  public var limit: Int?

  /// Rows as they stand in the input.
  public init() {}
}

/// How the parts of an output are compressed.
public enum OutputFormat: String, CaseIterable, Sendable {
  /// One zstd frame a part.
  case zstd
  /// One gzip member a part.
  case gzip
  /// Not at all.
  case none

  /// What compresses it.
  package var coder: CompressionFormat {
    switch self {
    case .zstd: .zstd
    case .gzip: .gzip
    case .none: .none
    }
  }
}

/// How rows become files.
public struct OutputOptions: Sendable {
  /// The keys of the directories, outermost first.
  public var partitionBy: [PartitionKey] = []
  /// How parts are compressed.
  public var format = OutputFormat.zstd
  /// The compression level, as the format's own tool knows it; nil for the default.
  public var level: Int?
  /// The window log of zstd's long-distance matching; nil for the default.
  public var long: Int?
  /// A part is closed at the first row end after it has this many compressed bytes.
  public var targetSize = 256_000_000
  /// The start of every part's file name.
  public var name = "part"

  /// One partition, compressed by zstd.
  public init() {}

  /// What the compressor is told.
  func compression(workers: Int = 1) -> CompressionOptions {
    CompressionOptions(format: format.coder, level: level, long: long, workers: workers)
  }
}

/// What a run may use.
public struct ResourceOptions: Sendable {
  /// How many threads work.
  public var workers: Int
  /// What the process may have resident at its peak, in bytes.
  public var memory = 256_000_000
  /// Which engine reads the export.
  public var engine = ResourceOptions.Engine.fast
  /// Which scan kernel the fast engine uses; all give the same rows.
  package var kernel = ScanKernel.best
  /// How many bytes a block has.
  public var blockSize = 1 << 20
  /// How much of the input is checked to be JSON.
  public var validation = ResourceOptions.Validation.kept
  /// How deep containers may nest; the asset itself is 1.
  public var maxDepth = 512
  /// How many bytes an input may have once it is decompressed; nil for any number.
  public var maxInputSize: Int?

  /// The defaults.
  ///
  /// - Parameter workers: How many threads work, 1 to 200; nil for one for each processor this process may use.
  public init(workers: Int? = nil) {
    self.workers = workers ?? CurrentProcess.processors
  }
}

/// Everything that can be said of a run but for its inputs and where it writes.
public struct RunOptions: Sendable {
  /// What is kept.
  public var selection = AssetSelection()
  /// What rows look like.
  public var rows = RowOptions()
  /// How rows become files.
  public var output = OutputOptions()
  /// What happens to a malformed asset.
  public var onError = ErrorPolicy.stop
  /// Whether inputs and archive entries may be without a byte, and a result without rows may replace one that
  /// has some.
  public var allowEmpty = false
  /// What the run may use.
  public var resources: ResourceOptions
  /// Whether nothing is kept, and what is there is counted instead.
  var inspects = false
  /// Whether whoever takes the rows may have enough of them at any time.
  var handsRowsOver = false
  /// Whether it is also found out what annotations look like, in every detail.
  var findsShapes = false

  /// Keeps everything.
  ///
  /// - Parameter workers: How many threads work; nil for one for each processor this process may use.
  public init(workers: Int? = nil) {
    resources = ResourceOptions(workers: workers)
  }

  /// Whether the run may end at any kept asset: what follows that asset is then not to be counted.
  var mayEndAtAnyRow: Bool { rows.limit != nil || handsRowsOver }
}

extension ResourceOptions {
  /// Which engine reads the export.
  public enum Engine: String, CaseIterable, Sendable {
    /// Structural scan and skeleton parse on all workers.
    case fast
    /// Every byte through yajl, on one thread.
    case reference
  }

  /// How much of the input is checked to be JSON.
  public enum Validation: String, CaseIterable, Sendable {
    /// What is written; the rest is checked for structure.
    case kept
    /// Everything.
    case all
  }
}
