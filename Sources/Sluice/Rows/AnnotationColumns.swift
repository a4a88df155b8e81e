// The columns of annotation rows, in the order in which they stand (DESIGN, rows).

/// The columns' names.
package enum AnnotationColumns {
  /// All that are always there, in their order; those of the context stand before the last.
  package static let names = [
    "externalId", "assetId", "taskId", "stage", "stageId", "batches", "updatedAt", "kind", "tool", "title",
    "objectId", "schemaId", "page", "snapshot", "annotation",
  ]

  /// Whether a member is what annotation rows are made of, and so cannot be a column of each of them.
  ///
  /// - Parameter key: The member.
  /// - Returns: Whether it holds tasks, annotations or the history.
  package static func isSource(_ key: ContextKey) -> Bool {
    let lists = ["tools", "objects", "classifications", "relations", "stageHistory"]
    return key.isTasks ? lists.contains(key.name) : key.name == "task" || key.name == "tasks"
  }
}
