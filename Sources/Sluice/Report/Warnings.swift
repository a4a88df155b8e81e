// Warnings in words.

extension WarningCode {
  /// What the code means, for any number of cases.
  public var message: String {
    switch self {
    case .rowTooBig: "rows over 16 MiB, which DuckDB refuses by default (rows of annotations are shorter)"
    case .fieldNotString: "stages or titles that are missing or not strings: they match nothing"
    case .duplicateKey: "keys that stand again in one object: the first decides"
    case .batchesNotStrings: "batches that are not a list of strings: what is no string counts for nothing"
    case .unknownShape: "tasks or annotations of an unknown shape, copied as they are"
    case .loneSurrogate: "stages, batches or titles with half a surrogate pair: they match nothing"
    case .assetSkipped: "malformed assets, left out"
    case .assetRejected: "malformed assets, left out and kept in rejects/"
    case .timeNotReadable:
      "tasks whose updatedAt is missing or not an RFC 3339 time: they meet no time option"
    case .assetWithoutTask: "assets that have neither task nor tasks"
    case .entrySkipped: "archive entries that hold no export, skipped"
    }
  }
}

extension RunReport {
  /// A line for people for each kind of surprise, and for each name that nothing in the inputs has.
  ///
  /// - Parameter name: How the options are called there.
  /// - Returns: The lines, without an end of line.
  package func warningLines(naming name: (NameOption) -> String) -> [String] {
    warningLines + missingLines(naming: name)
  }

  private var warningLines: [String] {
    warnings.sorted { $0.code.rawValue < $1.code.rawValue }.map { warning in
      let place = warning.first
      let input = place.entry.map { "\(place.input) (entry \($0))" } ?? place.input
      return
        "\(warning.code.message) (\(warning.count), first in \(input) at byte \(place.byte), "
        + "line \(place.line), column \(place.column), asset \(place.asset))"
    }
  }
}
