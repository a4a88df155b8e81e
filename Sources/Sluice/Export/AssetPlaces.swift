// Which place is where in an asset, and what its values mean: the export format as a table.

// What only asks is `mutating` all the same: otherwise each call is given a copy of the whole state.

extension AssetState {
  /// The place inside a container that has just been opened in `top`; nil if nothing in it matters.
  mutating func place(forContainer isObject: Bool) -> Place? {
    switch (top.place, top.key, isObject) {
    case (.asset, .batches, false) where top.keyCounts: .batches(counts: true)
    case (.asset, .dataset, false) where needs.stripsURLs || needs.inspects: .dataset
    case (.asset, .task, true) where top.keyCounts || needs.editsTasks: .task(counts: top.keyCounts)
    // A current asset's `tasks` is nothing we know.
    case (.asset, .tasks, false) where !facts.hasTask && (top.keyCounts || needs.editsTasks):
      .taskList(counts: top.keyCounts)
    case (.taskList(let counts), _, true): .task(counts: counts)
    case (.task(let counts), _, _): placeInTask(counts: counts, isObject: isObject)
    case (.history(let counts), _, true): .snapshot(counts: counts)
    case (.snapshot(let counts), _, false)
    where needs.prunes || counts && top.keyCounts && needs.columns?.readsHistory == true:
      annotationKind(top.key).map { .annotations($0, counts: false) }
    case (.annotations(let kind, let counts), _, true): .annotation(kind, counts: counts)
    default: nil
    }
  }

  private mutating func placeInTask(counts: Bool, isObject: Bool) -> Place? {
    if isObject { return nil }
    if let kind = annotationKind(top.key) {
      let decides = counts && top.keyCounts && needs.countsAnnotations
      return decides || needs.prunes ? .annotations(kind, counts: decides) : nil
    }
    guard top.key == .stageHistory else { return nil }
    let edits = (needs.prunes || needs.stripsURLs) && !needs.dropsHistory
    let hasRows = counts && top.keyCounts && needs.columns?.readsHistory == true
    return edits || hasRows || listsApart == .all ? .history(counts: counts && top.keyCounts) : nil
  }

  /// The kind of annotation in the list at `key` of a task or snapshot.
  private mutating func annotationKind(_ key: ExportKey) -> AnnotationKind? {
    switch key {
    case .tools: inTaskList ? nil : .tool
    case .objects: inTaskList ? .tool : nil
    case .classifications: .classification
    case .relations: .relation
    default: nil
    }
  }

  /// Whether the run needs the value at `key`, so that a second one is worth counting.
  mutating func isLifted(_ key: ExportKey, in place: Place) -> Bool {
    switch place {
    case .asset:
      switch key {
      case .task, .tasks, .batches, .status, .externalId: true
      default: needs.columns != nil && ColumnNeeds.asset.keys.contains(key)
      }
    case .task(counts: true):
      switch key {
      case .stage, .status: true
      case _ where needs.columns != nil && ColumnNeeds.task.keys.contains(key): true
      case .stageId: needs.selection.looksAtStages
      case .updatedAt: needs.selection.looksAtTimes
      case .taskId: needs.selection.sample != nil
      case .stageHistory: needs.columns?.readsHistory == true
      default: needs.countsAnnotations && annotationKind(key) != nil
      }
    case .snapshot(counts: true) where needs.columns?.readsHistory == true:
      AnnotationColumns.snapshotKeys.contains(key) || annotationKind(key) != nil
    default: false
    }
  }

  /// Whether the text of a string is worth copying.
  mutating func wantsText() -> Bool {
    switch top.place {
    case .batches: true
    case .asset: top.keyCounts && (top.key == .status || top.key == .externalId)
    case .task(counts: true):
      switch top.key {
      case .stage, .status: top.keyCounts
      case .stageId: top.keyCounts && needs.selection.looksAtStages
      case .updatedAt: top.keyCounts && needs.selection.looksAtTimes
      case .taskId: top.keyCounts && (needs.selection.sample != nil || needs.inspects)
      default: false
      }
    default: false
    }
  }

  /// Which of the context members of the container on top `name` is.
  mutating func contextIndex(of name: Span<UInt8>) -> Int? {
    guard let columns = needs.columns else { return nil }
    switch top.place {
    case .asset: return ColumnNeeds.index(of: name, in: columns.assetContext)
    case .task(counts: true): return ColumnNeeds.index(of: name, in: columns.taskContext)
    default: return nil
    }
  }

  /// Notes where the value at the current key is, if it becomes a column.
  mutating func lift(_ range: Range<Int>) {
    switch top.place {
    case .asset:
      if let index = ColumnNeeds.asset.index(of: top.key) { facts.members[index] = range }
      if let context = top.context { facts.members[ColumnNeeds.asset.keys.count + context] = range }
    case .task(counts: true):
      if let index = ColumnNeeds.task.index(of: top.key) { task.members[index] = range }
      if let context = top.context { task.members[ColumnNeeds.task.keys.count + context] = range }
    case .snapshot(counts: true):
      guard !task.snapshots.isEmpty, let index = AnnotationColumns.snapshotKeys.firstIndex(of: top.key) else {
        return
      }
      task.snapshots[task.snapshots.count - 1].members[index] = range
    default: break
    }
  }

  /// Whether a string at this place is a URL that may carry a signature.
  mutating func isURL() -> Bool {
    switch (top.place, top.key) {
    case (.dataset, _), (.asset, .asset): true
    case (.asset, .brushDataUrl), (.task, .brushDataUrl), (.snapshot, .brushDataUrl): true
    case (.asset, .medicalBrushDataUrl), (.task, .medicalBrushDataUrl), (.snapshot, .medicalBrushDataUrl):
      true
    default: false
    }
  }

  /// Notes that `value` stands in `top`, at its current key if it is an object.
  mutating func note(_ value: ObservedValue, at offset: Int) {
    switch top.place {
    case .asset: noteInAsset(value, at: offset)
    case .batches(counts: true): noteBatch(value, at: offset)
    case .taskList(let counts):
      if case .object = value { return }
      facts.warn(.unknownShape, at: offset)
      if counts { addLegacyTask(TaskFacts(), at: offset) }
    case .task(counts: true) where top.keyCounts: noteInTask(value, top.key, at: offset)
    case .history(counts: true): snapshotIndex += 1
    case .annotations(let kind, let counts):
      if case .object = value { return }
      warnOfAnnotation(.unknownShape, at: offset)
      if counts { count(AnnotationFacts(), kind) }
    default: break
    }
  }

  /// Notes that the element has a member of this name.
  mutating func recognise(_ key: ExportKey) {
    switch key {
    case .asset, .assetId, .externalId, .dataset, .batches, .task, .tasks: facts.marks.insert(.asset)
    case .annotation: facts.marks.insert(.annotation)
    case .kind: facts.marks.insert(.kind)
    case .snapshot: facts.marks.insert(.snapshot)
    default: break
    }
  }

  private mutating func noteInAsset(_ value: ObservedValue, at offset: Int) {
    switch (top.key, value) {
    case (.task, .scalar(let field)):
      facts.hasTask = true
      if field != .null { facts.warn(.unknownShape, at: offset) }
    case (.task, _): facts.hasTask = true
    case (.tasks, .scalar(.null)), (.tasks, .array): facts.hasTasks = true
    case (.tasks, _):
      facts.hasTasks = true
      facts.warn(.unknownShape, at: offset)
    case (.labelTask, _): facts.hasLabelTask = true
    case (.asset, .object): facts.assetIsObject = true
    case (.batches, .array), (.batches, .scalar(.null)): break
    case (.batches, _) where top.keyCounts: facts.warn(.batchesNotStrings, at: offset)
    case (.status, _) where top.keyCounts: facts.status = value.field
    case (.externalId, _) where top.keyCounts: facts.externalId = value.field.text
    default: break
    }
  }

  private mutating func noteInTask(_ value: ObservedValue, _ key: ExportKey, at offset: Int) {
    switch key {
    case .stage: task.stage = value.field
    case .stageId: task.stageId = value.field
    case .status: task.status = value.field
    case .updatedAt: task.updatedAt = value.field
    case .taskId: task.taskId = value.field
    default:
      if annotationKind(key) == nil { return }
      switch value {
      case .array, .scalar(.null): break
      case .object, .scalar: facts.warn(.unknownShape, at: offset)
      }
    }
  }

  private mutating func noteBatch(_ value: ObservedValue, at offset: Int) {
    switch value.field {
    case .null: break
    case .string(let name), .unmatchable(let name):
      guard let number = batchNumber(name, at: offset) else { return }
      if value.field.comparable != nil { facts.batches[number].isComparable = true }
    case .other, .absent: facts.warn(.batchesNotStrings, at: offset)
    }
  }

  /// Closes the asset, whose closing bracket is at `offset`.
  mutating func endAsset(at offset: Int) {
    facts.end = offset + 1
    // An issue is refused.
    if facts.isWithoutTask, !facts.isIssue { facts.warn(.assetWithoutTask, at: facts.start) }
    if facts.isLegacy, let (count, first) = facts.unreadableTimes {
      facts.warningCounts.add(.timeNotReadable, count: count, first: first)
    }
  }

  /// Closes a task whose fields decide, and which started at `start`.
  mutating func endTask(from start: Int) {
    let hasTime = !needs.selection.looksAtTimes || task.time != nil
    if inTaskList {
      if !hasTime {
        facts.unreadableTimes = (
          (facts.unreadableTimes?.count ?? 0) + 1, facts.unreadableTimes?.first ?? start
        )
      }
      addLegacyTask(task, at: start)
    } else {
      facts.task = task
      if !hasTime { facts.warn(.timeNotReadable, at: start) }
      if task.stage.text == nil { facts.warn(.fieldNotString, at: start) }
    }
  }

  /// Closes an annotation.
  ///
  /// - Returns: Whether it is left out of its list.
  mutating func endAnnotation(_ annotation: Annotation, _ kind: AnnotationKind, counts: Bool) -> Bool {
    let start = annotation.range.lowerBound
    for _ in 0..<annotation.duplicateKeys {
      if needs.columns == nil { facts.duplicateKeys += 1 } else { task.duplicateKeys += 1 }
      warnOfAnnotation(.duplicateKey, at: start)
    }
    for offset in annotation.loneSurrogates { warnOfAnnotation(.loneSurrogate, at: offset) }
    if counts {
      if annotation.facts[.title].text == nil { warnOfAnnotation(.fieldNotString, at: start) }
      count(annotation.facts, kind)
    }
    return needs.prunes && !needs.annotations.predicate.verdict(of: annotation.facts).isKept
  }

  /// Warns of something in an annotation; where rows are annotations, only if its task and asset pass.
  mutating func warnOfAnnotation(_ code: WarningCode, at offset: Int) {
    if needs.columns == nil {
      facts.warn(code, at: offset)
    } else {
      task.warningCounts.append(WarningCount(code: code, offset: offset))
    }
  }

  private mutating func count(_ annotation: AnnotationFacts, _ kind: AnnotationKind) {
    task.count(annotation, kind, needs.annotations.predicate)
  }

  /// The annotation list that has just been opened in `top`, where lists are read apart.
  mutating func listApart(isObject: Bool, at offset: Int) -> ListPlace? {
    guard !isObject, let kind = annotationKind(top.key) else { return nil }
    var (counts, isInSnapshot) = (false, false)
    switch top.place {
    case .task(let taskCounts): counts = taskCounts && top.keyCounts
    case .snapshot: isInSnapshot = true
    default: return nil
    }
    var list = ListPlace(
      kind: kind, counts: counts, task: inTaskList ? taskCount : 0, isInTaskList: inTaskList,
      isInSnapshot: isInSnapshot, depth: depth + 1, start: offset)
    if case .snapshot(counts: true) = top.place, top.keyCounts, needs.columns?.readsHistory == true {
      list.snapshot = task.snapshots.count - 1
    }
    return list
  }
}

/// A value as its container sees it.
enum ObservedValue {
  case object
  case array
  case scalar(Field)

  /// What it is to a member that should be a string.
  var field: Field {
    if case .scalar(let field) = self { field } else { .other }
  }
}
