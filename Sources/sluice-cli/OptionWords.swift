// The library names options as its callers set them; the command as they are typed.

import Sluice

/// What the command calls what the library speaks of.
enum OptionWords {
  /// What stands in backticks in a hint, and what is typed for it.
  static let typed: [String: String] = [
    "allowEmpty": "--allow-empty", "context": "--context", "format = .gzip": "--compression gzip",
    ".none": "none",
    "level": "--level", "long": "--long", "maxDepth": "--max-depth", "maxInputSize": "--max-input-size",
    "memory": "--memory", "onError = .reject": "--on-error reject", "onError = .skip": "--on-error skip",
    "output": "--output", "overwrite": "--overwrite", "partitionBy": "--partition-by",
    "targetSize": "--target-size", "temporaryDirectory": "--temp", "workers": "--workers",
  ]

  /// A hint of the library in the words of the command; what is not known stands as it is.
  static func translate(_ hint: String) -> String {
    let parts = hint.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
    var text = parts[0]
    for index in parts.indices.dropFirst() {
      // Every other part is in backticks, unless the last one is still open.
      let isQuoted = index % 2 == 1 && index < parts.count - 1
      let closing = index % 2 == 0 && typed[parts[index - 1]] != nil
      if isQuoted, let option = typed[parts[index]] {
        text += option
      } else {
        text += (closing ? "" : "`") + parts[index]
      }
    }
    return text
  }
}

extension RunError {
  /// The same in the words of the command.
  var inCommandWords: RunError {
    var error = self
    error.hint = hint.map(OptionWords.translate)
    return error
  }
}

extension NameOption {
  /// The option as it is typed.
  var flag: String {
    "--" + rawValue.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
  }
}
