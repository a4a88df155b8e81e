// Where an annotation list stands in its asset.

/// Which list of an asset it is.
///
/// An asset may have 200,000 lists, each remembered until they are read; so numbers are as short as limits allow.
struct ListPlace: Sendable {
  var kind: AnnotationKind
  /// Whether its elements count: it is no snapshot's, and the first list of its name in a task that counts.
  var counts: Bool
  /// Whether the task is one of `tasks`.
  var isInTaskList: Bool
  /// Whether it is one of a snapshot's.
  var isInSnapshot: Bool
  private var shortTask: Int32
  private var shortDepth: Int32
  /// -1 for none.
  private var shortSnapshot: Int32 = -1
  /// Where its opening bracket is.
  var start: Int
  /// Where its closing bracket is, once that is known.
  var end = 0

  init(
    kind: AnnotationKind, counts: Bool, task: Int, isInTaskList: Bool, isInSnapshot: Bool, depth: Int,
    start: Int
  ) {
    self.kind = kind
    self.counts = counts
    self.isInTaskList = isInTaskList
    self.isInSnapshot = isInSnapshot
    self.start = start
    // At most `AssetLimits.tasks`, and five.
    (shortTask, shortDepth) = (Int32(clamping: task), Int32(clamping: depth))
  }

  /// The number of its task among those of the asset.
  var task: Int { Int(shortTask) }

  /// The number of containers that are open in it, itself and the asset included.
  var depth: Int { Int(shortDepth) }

  /// The number of its snapshot among the task's, if its annotations are rows all the same.
  var snapshot: Int? {
    get { shortSnapshot < 0 ? nil : Int(shortSnapshot) }
    set { shortSnapshot = Int32(clamping: newValue ?? -1) }
  }

  /// Whether its annotations can be rows.
  var hasRows: Bool { counts || snapshot != nil }
}
