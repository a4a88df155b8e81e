// Paths inside an output tree. The writer makes them, but verify reads them from a file that anybody
// may have written, so both ask the same question.

/// Paths relative to the output directory.
enum TreePath {
  /// Whether `path` stays below the directory it is relative to, whatever it is.
  static func isSafe(_ path: String) -> Bool {
    let components = path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
    guard !path.utf8.contains(0) else { return false }
    return components.allSatisfy { component in
      !component.isEmpty && !component.elementsEqual(".".utf8) && !component.elementsEqual("..".utf8)
    }
  }
}
