// The columns of annotation rows: one table from which the readers learn which members to note, the rows their order,
// both engines where a value comes from, and `inspect --ddl` what type it has.

/// One column.
package struct AnnotationColumn: Sendable {
  /// Where the value of a column comes from.
  enum Source: Sendable, Equatable {
    /// The asset's member of this name.
    case asset(ExportKey)
    /// The task's.
    case task(ExportKey)
    /// The task's; legacy tasks have none.
    case currentTask(ExportKey)
    /// The task's `stage`, in legacy exports the `status` of task or asset.
    case stage
    /// Which list the annotation is in.
    case kind
    /// What the annotation's keys, or its member `tool`, say.
    case tool
    /// The annotation's member.
    case member(AnnotationMember)
    /// The snapshot that the annotation is of.
    case snapshot
    /// The annotation itself.
    case annotation

    /// Whether each annotation has its own value; else those of a task, or of a snapshot, share it.
    var isOwn: Bool {
      switch self {
      case .kind, .tool, .member: true
      case .asset, .task, .currentTask, .stage, .snapshot, .annotation: false
      }
    }
  }

  /// What a table definition calls it, unless the annotations say otherwise.
  enum ValueType: Sendable {
    case text, integer, textList, snapshot, annotation
  }

  package let name: String
  let source: Source
  let type: ValueType

  fileprivate init(_ name: String, _ source: Source, _ type: ValueType = .text) {
    (self.name, self.source, self.type) = (name, source, type)
  }
}

/// The columns in the order in which they stand (docs/output-format.md).
package enum AnnotationColumns {
  /// All that are always there; those of the context stand before the last.
  ///
  /// Those of which each annotation has its own stand together, since what is around them is made once for many rows.
  package static let all = [
    AnnotationColumn("externalId", .asset(.externalId)),
    AnnotationColumn("assetId", .asset(.assetId)),
    AnnotationColumn("taskId", .task(.taskId)),
    AnnotationColumn("stage", .stage),
    AnnotationColumn("stageId", .currentTask(.stageId)),
    AnnotationColumn("batches", .asset(.batches), .textList),
    AnnotationColumn("updatedAt", .task(.updatedAt)),
    AnnotationColumn("kind", .kind),
    AnnotationColumn("tool", .tool),
    AnnotationColumn("title", .member(.title)),
    AnnotationColumn("objectId", .member(.objectId)),
    AnnotationColumn("schemaId", .member(.schemaId)),
    AnnotationColumn("page", .member(.page), .integer),
    AnnotationColumn("snapshot", .snapshot, .snapshot),
    AnnotationColumn("annotation", .annotation, .annotation),
  ]

  package static let names = all.map(\.name)

  /// The members of a snapshot that its column shows, behind `index`.
  static let snapshotKeys: [ExportKey] = [.stage, .stageId, .completedAt, .completedBy]

  /// Those before the annotation's own, these, and those behind, without the annotation itself.
  static let shared = all.prefix { !$0.source.isOwn }
  static let own = all.filter(\.source.isOwn)
  static let sharedBehind = all.dropFirst(shared.count + own.count).dropLast()

  /// The annotation's members that are columns.
  static let members: AnnotationMembers = {
    var members = AnnotationMembers()
    for column in own {
      switch column.source {
      case .member(let member): members.insert(member)
      case .tool: members.insert(.tool)
      default: break
      }
    }
    return members
  }()

  /// Whether a member is what annotation rows are made of, and so cannot be a column of each of them.
  ///
  /// - Parameter key: The member.
  /// - Returns: Whether it holds tasks, annotations or the history.
  package static func isSource(_ key: ContextKey) -> Bool {
    let lists = ["tools", "objects", "classifications", "relations", "stageHistory"]
    return key.isTasks ? lists.contains(key.name) : key.name == "task" || key.name == "tasks"
  }
}
