// The names that options were given and nothing in the inputs has: a slip of the keyboard keeps nothing, and a run
// that keeps nothing is no failure; so it is said.

/// A name of an export, and how many have it.
public struct NearName: Sendable, Hashable, Codable {
  /// The name as it stands in the export.
  public var name: String
  /// How many tasks, assets or annotations have it.
  public var count: Int
}

/// A name that an option was given and nothing in the inputs has.
public struct MissingName: Sendable, Hashable, Codable {
  /// Which option.
  public var option: NameOption
  /// The name as it was given.
  public var value: String
  /// What the inputs have that is near it, the nearest first, at most eight.
  public var near: [NearName]

  /// Who could have had it, in words.
  var owners = "asset"

  /// `owners` is for the run that has just ended.
  private enum CodingKeys: String, CodingKey { case option, value, near }

  var json: JSONText {
    .object([
      ("option", .text(option.rawValue)), ("value", .text(value)),
      ("near", .array(near.map { .object([("name", .text($0.name)), ("count", .int($0.count))]) })),
    ])
  }
}

/// Which of the names that options have were met in an export.
struct MetNames: Sendable {
  var marks = NameMarks()
  /// Whether annotations were looked at: those of a task that meets all options but those of annotations.
  var looksAtAnnotations = false

  mutating func add(_ others: MetNames) {
    marks.formUnion(others.marks)
    if others.looksAtAnnotations { looksAtAnnotations = true }
  }

  /// The names that were not met in inputs that were read to their ends, option by option.
  func missing(of selection: AssetSelection, in report: RunReport) -> [MissingName] {
    NameOption.allCases.flatMap { option -> [MissingName] in
      let values = missingValues(option, of: selection)
      if values.isEmpty { return [] }
      var search = NearSearch(values)
      // In order: where the search stops does not depend on a table's order.
      for (name, count) in option.table(of: report)?.sortedNames ?? [] {
        search.look(at: name, count: count.seen)
      }
      let owners = option.owners(selection, isPartial: report.isPartial)
      return zip(values, search.found).map {
        MissingName(option: option, value: $0, near: $1, owners: owners)
      }
    }
  }

  private func missingValues(_ option: NameOption, of selection: AssetSelection) -> [String] {
    // Where no task passes, nobody knows what annotations there are.
    if option.subject == .annotation, selection.choosesTasks, !looksAtAnnotations { return [] }
    let first = selection.firstNumber(option)
    // As UTF-8: two spellings of one letter are equal strings, but two names.
    var known = Set<[UInt8]>()
    return selection.names(option).enumerated().compactMap { index, name in
      !known.insert(Array(name.utf8)).inserted || marks.contains(first + index) ? nil : name
    }
  }
}

extension AssetSelection {
  /// Whether there is an option that says whose annotations are looked at.
  fileprivate var choosesTasks: Bool {
    looksAtStages || looksAtBatches || looksAtTimes || sample != nil
  }
}

extension NameOption {
  /// The names that the inputs have, to find the near ones among; nil where they are not counted.
  fileprivate func table(of report: RunReport) -> BoundedTally? {
    switch self {
    case .stage, .excludeStage: report.stages
    case .batch, .excludeBatch: report.batches
    case .title, .excludeTitle: report.titles
    }
  }

  /// Who could have had a name, in the words of a warning that claims no more than is known.
  fileprivate func owners(_ selection: AssetSelection, isPartial: Bool) -> String {
    let read = isPartial ? " that could be read" : ""
    switch subject {
    case .task: return "task" + read
    case .asset: return "asset" + read
    case .annotation:
      return "annotation" + (selection.choosesTasks ? " of the tasks that meet the other options" : read)
    }
  }
}

// MARK: In words

extension RunReport {
  /// How many names are warned of one by one.
  private static let mostLines = 20

  /// A line for each name that nothing in the inputs has.
  func missingLines(naming name: (NameOption) -> String) -> [String] {
    let rest = neverSeen.count - Self.mostLines
    return neverSeen.prefix(Self.mostLines).map { $0.line(name($0.option)) }
      + (rest > 0
        ? ["\(rest) more names that nothing in the inputs has; neverSeen in the report lists them"] : [])
  }
}

extension MissingName {
  /// The name and what is near it, for people.
  fileprivate func line(_ option: String) -> String {
    let isList = near.count > 1 && near.allSatisfy { NearSearch.isPart($0.name, of: value) }
    return "\(option) \(Self.quoted(value)): no \(owners) has it"
      + (near.isEmpty ? "" : "; " + near.map(described).joined(separator: ", "))
      + (isList ? " (give \(option) once for each)" : "")
  }

  private func described(_ near: NearName) -> String {
    // What differs by bytes alone looks the same.
    let isSameText = near.name == value
    return "\(Self.quoted(near.name))\(isSameText ? ", in another Unicode form," : "") has \(near.count)"
  }

  /// A name in quotes, with what cannot be seen spelled out.
  private static func quoted(_ name: String) -> String {
    var text = "\""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case " ": text += " "
      case _ where scalar.isInvisible || scalar.properties.isWhitespace: text += scalar.escaped(asASCII: true)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
