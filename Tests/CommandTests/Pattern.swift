// Comparing messages: everything literally, but for `<...>`, which stands for any text within a line.

import Foundation

/// Whether `text` is `pattern`, line by line.
func matches(_ text: String, pattern: String) -> Bool {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  let patterns = pattern.split(separator: "\n", omittingEmptySubsequences: false)
  return lines.count == patterns.count
    && zip(lines, patterns).allSatisfy { lineMatches(String($0), pattern: String($1)) }
}

private func lineMatches(_ line: String, pattern: String) -> Bool {
  let pieces = pattern.components(separatedBy: "<...>")
  guard let first = pieces.first, let last = pieces.last, pieces.count > 1 else { return line == pattern }
  guard line.hasPrefix(first) else { return false }
  var rest = Substring(line).dropFirst(first.count)
  for piece in pieces.dropFirst().dropLast() {
    guard let found = rest.range(of: piece) else { return false }
    rest = rest[found.upperBound...]
  }
  return rest.hasSuffix(last)
}

/// Standard error without its warnings and the hints that belong to them.
func withoutWarnings(_ text: String) -> String {
  var kept: [Substring] = []
  var inWarning = false
  for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
    if line.hasPrefix("sluice: warning: ") {
      inWarning = true
    } else if !(inWarning && line.hasPrefix("  ")) {
      inWarning = false
      kept.append(line)
    }
  }
  return kept.joined(separator: "\n")
}
