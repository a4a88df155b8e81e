// Inputs that are refused as a whole: something else than an export, or nothing.

/// That an input, or an entry of one, is no export.
struct ForeignInput: RunErrorConvertible {
  let content: ForeignContent
  let place: ForeignPlace
  /// Where that shows.
  let position: InputPosition

  var runError: RunError {
    RunError(.notExport, content.message, hint: content.hint(place), position: position)
  }
}

/// That an input, or an entry of one, has no bytes.
struct EmptyInput: RunErrorConvertible {
  private let place: ForeignPlace
  /// Whether there are some, of white space or a byte order mark.
  private let hasBytes: Bool

  init(_ place: ForeignPlace, hasBytes: Bool) {
    self.place = place
    self.hasBytes = hasBytes
  }

  var runError: RunError {
    let what =
      hasBytes
      ? "there is nothing but white space in it" : "the \(place.entry == nil ? "input" : "entry") is empty"
    return RunError(
      .emptyInput, "\(place.description): \(what)",
      hint: "A download that failed looks like this; with curl, use -fsSL. `allowEmpty` accepts it.")
  }
}

extension DataInput {
  /// Where it is, for messages.
  var place: ForeignPlace { ForeignPlace(name: name, entry: entry, container: container) }
}
