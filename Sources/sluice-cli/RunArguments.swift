// The options of `run`, by subject. Each group says exactly what was typed; `RunCommand` makes of them what
// the library takes.

public import ArgumentParser
public import Sluice
import Storage
import SystemPackage

extension ErrorPolicy: ExpressibleByArgument {}
extension HistoryMode: ExpressibleByArgument {}
extension RowKind: ExpressibleByArgument {}
extension ResourceOptions.Engine: ExpressibleByArgument {}
extension ResourceOptions.Validation: ExpressibleByArgument {}

/// Which assets and annotations are kept.
struct SelectionArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp("Keep tasks whose stage or stageId is NAME.", valueName: "name"), transform: parseText)
  var stage: [String] = []

  @Option(help: ArgumentHelp("Keep assets that are in batch NAME.", valueName: "name"), transform: parseText)
  var batch: [String] = []

  @Flag(help: "Keep assets that are in no batch.")
  var noBatch = false

  @Option(
    help: ArgumentHelp("Keep assets with an annotation titled NAME.", valueName: "name"), transform: parseText
  )
  var title: [String] = []

  @Option(help: ArgumentHelp("Keep this share of the assets.", valueName: "n%"), transform: parseSample)
  var sample: AssetSample?

  @Option(
    help: ArgumentHelp("Drop tasks whose stage or stageId is NAME.", valueName: "name"), transform: parseText)
  var excludeStage: [String] = []

  @Option(help: ArgumentHelp("Drop assets that are in batch NAME.", valueName: "name"), transform: parseText)
  var excludeBatch: [String] = []

  @Option(
    help: ArgumentHelp("Drop annotations titled NAME, or their assets.", valueName: "name"),
    transform: parseText)
  var excludeTitle: [String] = []

  @Option(
    help: ArgumentHelp("Keep tasks updated at TIME (RFC 3339, date) or later.", valueName: "time"),
    transform: parseTime)
  var updatedSince: Timestamp?

  @Option(help: ArgumentHelp("Keep tasks updated before TIME.", valueName: "time"), transform: parseTime)
  var updatedBefore: Timestamp?

  var selection: AssetSelection {
    var selection = AssetSelection()
    selection.stages = stage
    selection.excludedStages = excludeStage
    selection.batches = batch
    selection.noBatch = noBatch
    selection.excludedBatches = excludeBatch
    selection.titles = title
    selection.excludedTitles = excludeTitle
    selection.updatedSince = updatedSince
    selection.updatedBefore = updatedBefore
    selection.sample = sample
    return selection
  }
}

private func parseTime(_ text: String) throws -> Timestamp {
  guard let time = Timestamp(text) else {
    throw ValidationError("'\(text)' is neither a date (2024-09-10) nor an RFC 3339 time with an offset")
  }
  return time
}

private func parseSample(_ text: String) throws -> AssetSample {
  guard let sample = AssetSample(text) else {
    throw ValidationError(
      "'\(text)' is no share; write 1%, 0.25% … 100%, with at most six digits behind the point")
  }
  return sample
}

/// What rows look like.
struct RowArguments: ParsableArguments {
  @Option(help: "What a row is.")
  var rows = RowKind.assets

  @Option(
    help: ArgumentHelp(
      "Make the member KEY (task.KEY: the task's) a column.",
      valueName: "key"), transform: parseText)
  var context: [String] = []

  @Flag(help: "Leave out what the title options do not want.")
  var prune = false

  @Option(
    help: "What to do with stageHistory (default: keep; drop for annotation rows).")
  var history: HistoryMode?

  @Flag(name: .customLong("strip-url-query"), help: "Cut signatures off the URLs of assets and brush data.")
  var stripURLQuery = false

  @Option(help: ArgumentHelp("Stop after the first N kept assets.", valueName: "n"))
  var limit: Int?

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit takes 0 or more, not \(limit)") }
    if rows == .assets {
      if history == .rows {
        throw ValidationError("--history rows needs --rows annotations: an asset's row has its history in it")
      }
      if !context.isEmpty {
        throw ValidationError("--context needs --rows annotations: an asset's row has all its members")
      }
      return
    }
    if history == .keep {
      throw ValidationError(
        "--history keep needs --rows assets; with annotation rows there are drop and rows")
    }
    if prune { throw ValidationError("--prune needs --rows assets; annotation rows have only what matches") }
    try validateContext()
  }

  /// Pruning is by annotations.
  func checkPruning(_ select: SelectionArguments) throws {
    if prune && !select.selection.looksAtAnnotations {
      throw ValidationError("--prune needs --title or --exclude-title, by which annotations are left out")
    }
  }

  private func validateContext() throws {
    // As UTF-8: two spellings of one letter are equal strings, but two columns.
    var names = Set(AnnotationColumns.names.map { Array($0.utf8) })
    for text in context {
      let key = ContextKey(text)
      if key.name.isEmpty {
        throw ValidationError(
          "--context '\(text)' names no member; write KEY, or task.KEY for one of the task")
      }
      if AnnotationColumns.isSource(key) {
        throw ValidationError(
          "--context \(text) is what annotation rows are made of, and no column beside them")
      }
      if !names.insert(Array(key.name.utf8)).inserted {
        throw ValidationError("there is a column '\(key.name)' already; --context \(text) would be a second")
      }
    }
    if context.count > 60 { throw ValidationError("--context may be given 60 times, not \(context.count)") }
  }

  var options: RowOptions {
    var rows = RowOptions()
    rows.kind = self.rows
    rows.context = context.map { ContextKey($0) }
    rows.prune = prune
    rows.history = history ?? (self.rows == .assets ? .keep : .drop)
    rows.stripURLQuery = stripURLQuery
    rows.limit = limit
    return rows
  }
}

/// Where rows go and how.
struct OutputArguments: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The directory to make, or - for standard output.", valueName: "dir"),
    completion: .directory)
  var output: FilePath?

  @Flag(help: "Write nothing; say what would be written.")
  var dryRun = false

  @Flag(help: "Replace DIR if it is an output of sluice.")
  var overwrite = false

  @Option(
    name: .customLong("partition-by"),
    help: ArgumentHelp(
      "Directories by stage, batch, title, kind, tool.", valueName: "key,…"),
    completion: .list(PartitionKey.allCases.map(\.rawValue)), transform: parseKeys)
  var partitionKeys: [[PartitionKey]] = []

  @Option(
    help: ArgumentHelp("zstd, gzip or none. (default: zstd; with -o - none)", valueName: "format"),
    completion: .list(OutputFormat.allCases.map(\.rawValue)))
  var compression: String?

  @Option(help: ArgumentHelp("The compression level; the default is fast and small.", valueName: "n"))
  var level: Int?

  @Option(help: ArgumentHelp("Match over a window of 2^N bytes (zstd, 10 to 23).", valueName: "n"))
  var long: Int?

  @Option(
    help: ArgumentHelp("Close a part at this compressed size. (default: 256MB)", valueName: "size"),
    transform: parseSize)
  var targetSize = 256_000_000

  @Option(
    help: ArgumentHelp("The start of the parts' names. (default: part)", valueName: "prefix"),
    transform: parseText)
  var name = "part"

  /// The keys of all `--partition-by`, in the order given.
  var partitionBy: [PartitionKey] { partitionKeys.flatMap { $0 } }

  func validate() throws {
    try TypedPath.check([output])
    for (index, key) in partitionBy.enumerated() where partitionBy[..<index].contains(key) {
      throw ValidationError("'\(key.rawValue)' stands twice in --partition-by")
    }
  }
}

private func parseKeys(_ text: String) throws -> [PartitionKey] {
  var keys: [PartitionKey] = []
  for name in text.split(separator: ",", omittingEmptySubsequences: false) {
    guard let key = PartitionKey(rawValue: String(name)) else {
      let known = PartitionKey.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("cannot partition by '\(name)'; choose among \(known)")
    }
    keys.append(key)
  }
  return keys
}

/// Reads a size of at least one byte.
func parseSize(_ text: String) throws -> Int {
  guard let size = ByteSize(text), size.bytes > 0 else {
    throw ValidationError("'\(text)' is no size; write 256MB, 1.5GB, 512M, 64MiB, 1000000 …")
  }
  return size.bytes
}

/// What a run may use.
struct ResourceArguments: ParsableArguments {
  @Option(help: ArgumentHelp("How many threads work. (default: one a processor)", valueName: "n"))
  var workers: Int?

  @Option(
    help: ArgumentHelp("The most memory to use. (default: 256MB)", valueName: "size"), transform: parseSize)
  var memory = 256_000_000

  @Option(
    help: ArgumentHelp("Where spooled and spilled data goes.", valueName: "dir"), completion: .directory)
  var temp: FilePath?

  @Option(
    help: ArgumentHelp("The engine that reads: fast, or plain yajl on one thread.", visibility: .hidden))
  var engine = ResourceOptions.Engine.fast

  @Option(
    help: ArgumentHelp(
      "The scan kernel: portable, sse, avx2 or neon. (default: the fastest)", valueName: "name",
      visibility: .hidden))
  var kernel: String?

  @Option(
    help: ArgumentHelp(
      "The size of the blocks that are read. (default: 1MiB)", valueName: "size", visibility: .hidden),
    transform: parseSize)
  var blockSize = 1 << 20

  @Option(help: ArgumentHelp("What is checked.", valueName: "what"))
  var validate = ResourceOptions.Validation.kept

  @Option(help: ArgumentHelp("How deep an asset may nest.", valueName: "n"))
  var maxDepth = 512

  @Option(
    help: ArgumentHelp("The most bytes of one decompressed input.", valueName: "size"),
    transform: parseSize)
  var maxInputSize: Int?
}
