// What an export holds, counted while it was written. Tests and benchmarks hold answers against it, so that no
// reader of JSON, ours or another's, has to be trusted.

/// The counts of one export.
public struct ExportTruth: Sendable, Hashable {
  /// A stage name, or a status of a legacy export.
  public struct Stage: Sendable, Hashable {
    /// The name.
    public let name: String
    /// Tasks that are in it.
    public let tasks: Int
    /// Assets that asking for it keeps.
    public let assets: Int
    /// The minified bytes of those assets, without line ends.
    public let bytes: Int
  }

  /// A batch.
  public struct Batch: Sendable, Hashable {
    /// The name, nil for no batch.
    public let name: String?
    /// Assets that are in it.
    public let assets: Int
    /// The minified bytes of those assets, without line ends.
    public let bytes: Int
  }

  /// A title.
  public struct Title: Sendable, Hashable {
    /// The name.
    public let name: String
    /// `tool`, `classification` or `relation`.
    public let kind: String
    /// Annotations that bear it in their task's present state.
    public let annotations: Int
    /// Assets with such an annotation.
    public let assets: Int
  }

  /// A tool key.
  public struct Shape: Sendable, Hashable {
    /// The key, such as `bounding-box`.
    public let name: String
    /// Annotations that have it.
    public let annotations: Int
  }

  /// A stage and a batch together.
  public struct Partition: Sendable, Hashable {
    /// The task's stage; for a legacy asset its own status.
    public let stage: String
    /// The batch, nil for none.
    public let batch: String?
    /// Assets in both.
    public let assets: Int
  }

  /// A question and its answer.
  public struct Query: Sendable, Hashable {
    /// The stage asked for.
    public let stage: String
    /// The batch asked for, nil for any.
    public let batch: String?
    /// Assets that are kept.
    public let assets: Int
    /// Their minified bytes, without line ends.
    public let bytes: Int
  }

  /// A question of time and its answer.
  public struct Since: Sendable, Hashable {
    /// The first moment that counts.
    public let time: String
    /// Assets with a task updated then or later.
    public let assets: Int
  }

  /// The export's length.
  public let bytes: Int
  /// Its length without white space outside strings.
  public let minifiedBytes: Int
  /// Elements of the export.
  public let assets: Int
  /// Tasks; a legacy asset has several.
  public let tasks: Int
  /// Elements of the tasks' `tools` or `objects`.
  public let tools: Int
  /// Elements of the tasks' `classifications`, nested ones not counted.
  public let classifications: Int
  /// Elements of the tasks' `relations`.
  public let relations: Int
  /// Annotations of all three kinds in the history.
  public let snapshotAnnotations: Int
  /// Every stage that occurs.
  public let stages: [Stage]
  /// Every batch that occurs.
  public let batches: [Batch]
  /// Every title that occurs.
  public let titles: [Title]
  /// Every tool key that occurs.
  public let shapes: [Shape]
  /// Every pair of stage and batch that occurs: the partitions of asset rows.
  public let partitions: [Partition]
  /// A stage with about a sixth of the bytes.
  public let oneStage: Query
  /// A rare stage with one of its batches: at most a twentieth of the bytes.
  public let needle: Query
  /// About half of the assets, by time.
  public let updatedSince: Since
}

extension ExportTruth {
  /// The counts as a JSON document, for programs in other languages.
  public var json: [UInt8] {
    var text: [UInt8] = []
    withoutActuallyEscaping({ (bytes: Span<UInt8>) in
      for index in bytes.indices { text.append(bytes[index]) }
    }) { sink in
      var out = JSONWriter(style: .pretty2, chunkSize: 1 << 16, sink: sink)
      write(to: &out)
      out.endDocument()
      out.flush()
    }
    return text
  }

  private func write(to out: inout JSONWriter) {
    out.open("{")
    out.member("assets", assets)
    out.member("batches", batches) { $0.row(name: $1.name, ("assets", $1.assets), ("bytes", $1.bytes)) }
    out.member("bytes", bytes)
    out.member("classifications", classifications)
    out.member("minifiedBytes", minifiedBytes)
    out.key("needle")
    out.query(needle)
    out.key("oneStage")
    out.query(oneStage)
    out.member("partitions", partitions) { out, partition in
      out.open("{")
      out.member("assets", partition.assets)
      out.member("batch", partition.batch)
      out.member("stage", partition.stage)
      out.close("}")
    }
    out.member("relations", relations)
    out.member("shapes", shapes) { $0.row(name: $1.name, ("annotations", $1.annotations)) }
    out.member("snapshotAnnotations", snapshotAnnotations)
    out.member("stages", stages) {
      $0.row(name: $1.name, ("assets", $1.assets), ("bytes", $1.bytes), ("tasks", $1.tasks))
    }
    out.member("tasks", tasks)
    out.member("titles", titles) { out, title in
      out.open("{")
      out.member("annotations", title.annotations)
      out.member("assets", title.assets)
      out.member("kind", title.kind)
      out.member("name", title.name)
      out.close("}")
    }
    out.member("tools", tools)
    out.key("updatedSince")
    out.open("{")
    out.member("assets", updatedSince.assets)
    out.member("time", updatedSince.time)
    out.close("}")
    out.close("}")
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ key: StaticString, _ value: Int) {
    self.key(key)
    integer(value)
  }

  fileprivate mutating func member(_ key: StaticString, _ value: String?) {
    self.key(key)
    if let value { raw(Name.quote(value, escapesAll: false)) } else { raw("null") }
  }

  fileprivate mutating func member<Row>(
    _ key: StaticString, _ rows: [Row], _ write: (inout JSONWriter, Row) -> Void
  ) {
    self.key(key)
    open("[")
    for row in rows {
      item()
      write(&self, row)
    }
    close("]")
  }

  fileprivate mutating func row(name: String?, _ counts: (StaticString, Int)...) {
    open("{")
    for (key, count) in counts { member(key, count) }
    member("name", name)
    close("}")
  }

  fileprivate mutating func query(_ query: ExportTruth.Query) {
    open("{")
    member("assets", query.assets)
    member("batch", query.batch)
    member("bytes", query.bytes)
    member("stage", query.stage)
    close("}")
  }
}
