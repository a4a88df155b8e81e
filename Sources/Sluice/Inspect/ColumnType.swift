// From the shape of values to the types of columns that hold all of them, for whoever defines a table.

/// The type of a column, or of what is inside one.
public indirect enum ColumnType: Sendable, Hashable {
  /// A column, or a member of a record.
  public struct Member: Sendable, Hashable {
    /// Its key.
    public var name: String
    /// Its type.
    public var type: ColumnType

    /// A member.
    public init(_ name: String, _ type: ColumnType) {
      self.name = name
      self.type = type
    }
  }

  /// True or false.
  case boolean
  /// An integer of 64 bits.
  case integer
  /// A number.
  case number
  /// A string.
  case text
  /// Values of several types, nothing but null, or an object that can have no columns: the JSON as text.
  case json
  /// An array.
  case list(ColumnType)
  /// An object, its members sorted bytewise by their names.
  case record([Member])
}

extension ShapeTree {
  /// The type that holds all values; null fits every type.
  var type: ColumnType { type(of: 0) }

  /// The type of a member of annotations; nil if it was not met, or is null wherever it was.
  func type(of member: AnnotationMember) -> ColumnType? {
    var node = 0
    for key in (member.isInMetadata ? [ExportKey.metadata] : []) + [member.key] {
      if nodes[node].isFull { return .json }
      guard let number = nodes[node].names.names.firstIndex(of: key.name) else { return nil }
      node = nodes[node].members[number]
    }
    return nodes[node].kinds.subtracting(.null).isEmpty ? nil : type(of: node)
  }

  private func type(of number: Int) -> ColumnType {
    let node = nodes[number]
    if node.isFull { return .json }
    switch node.kinds.subtracting(.null) {
    case .boolean: return .boolean
    case .integer: return .integer
    case .number, [.integer, .number]: return .number
    case .string: return .text
    case .array: return .list(node.element.map { type(of: $0) } ?? .json)
    case .object: return record(node)
    default: return .json
    }
  }

  private func record(_ node: Node) -> ColumnType {
    let members = zip(node.names.names, node.members)
      .sorted { $0.0.lexicographicallyPrecedes($1.0) }
      .map { ColumnType.Member(String(decoding: $0.0, as: UTF8.self), type(of: $0.1)) }
    // Most engines tell names neither by case nor without a letter, and no name has a control character in it.
    let folded = Set(members.map { $0.name.lowercased() })
    let isPlain = members.allSatisfy { member in
      !member.name.isEmpty && member.name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
    return members.isEmpty || folded.count < members.count || !isPlain ? .json : .record(members)
  }
}

extension InspectionReport {
  /// The columns of annotation rows in their order, with the types of what is really there if the pass was asked
  /// for them.
  public var annotationColumns: [ColumnType.Member] {
    let shape = totals.shape ?? ShapeTree()
    return AnnotationColumns.all.map { column in
      if case .member(let member) = column.source, let type = shape.type(of: member) {
        return ColumnType.Member(column.name, type)
      }
      let type: ColumnType =
        switch column.type {
        case .text: .text
        case .integer: .integer
        case .textList: .list(.text)
        case .snapshot: Self.snapshot
        case .annotation: shape.type
        }
      return ColumnType.Member(column.name, type)
    }
  }

  private static let snapshot = ColumnType.record(
    [ColumnType.Member("index", .integer)]
      + AnnotationColumns.snapshotKeys.map {
        ColumnType.Member(String(decoding: $0.name, as: UTF8.self), .text)
      })
}
