// The sources as a reader of names sees them: which types a file declares, and which it speaks of.

import Foundation

/// A Swift file without comments and string literals, as words.
struct SourceText {
  /// The folder below `Sources/Sluice`.
  let folder: String
  let name: String
  /// The types that other files see.
  private(set) var declared: Set<String> = []
  /// The types within others, whose names mean nothing elsewhere.
  private(set) var nested: Set<String> = []
  /// The types that are spoken of, but not as members of others.
  private(set) var mentioned: Set<String> = []
  /// The modules that are imported.
  private(set) var imported: Set<String> = []
  /// The functions that are called, but not as members.
  private(set) var called: Set<String> = []

  init(_ text: String, folder: String, name: String) {
    self.folder = folder
    self.name = name
    var isBlockText = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let isFence = line.contains("\"\"\"")
      if !isBlockText { add(Self.code(of: line)) }
      if isFence { isBlockText.toggle() }
    }
  }

  private mutating func add(_ line: [UInt8]) {
    var previous = ""
    for (word, isMember, isCall) in Self.words(line) {
      if isCall, !isMember, previous != "func" { called.insert(word) }
      let isName = word.first?.isUppercase == true
      if ["class", "struct", "enum", "protocol", "actor", "typealias", "associatedtype"].contains(previous),
        isName
      {
        let isPrivate = line.starts(with: "private ".utf8) || line.starts(with: "fileprivate ".utf8)
        if line.first == UInt8(ascii: " ") || isPrivate { nested.insert(word) } else { declared.insert(word) }
      } else if previous == "import" {
        imported.insert(word)
      } else if isName, !isMember {
        mentioned.insert(word)
      }
      previous = word
    }
  }

  /// The line up to a comment, without what stands in quotes.
  private static func code(of line: Substring) -> [UInt8] {
    var code: [UInt8] = []
    var inQuotes = false
    var escaped = false
    var previous: UInt8 = 0
    for byte in line.utf8 {
      if inQuotes {
        if byte == UInt8(ascii: "\""), !escaped { inQuotes = false }
        escaped = byte == UInt8(ascii: "\\") && !escaped
      } else if byte == UInt8(ascii: "\"") {
        inQuotes = true
      } else if byte == UInt8(ascii: "/"), previous == byte {
        break
      } else {
        code.append(byte)
      }
      previous = byte
    }
    return code
  }

  private static func words(_ line: [UInt8]) -> [(word: String, isMember: Bool, isCall: Bool)] {
    var words: [(word: String, isMember: Bool, isCall: Bool)] = []
    var index = 0
    while index < line.count {
      var end = index
      while end < line.count, isLetter(line[end]) { end += 1 }
      if end > index {
        let isMember = index > 0 && line[index - 1] == UInt8(ascii: ".")
        let isCall = end < line.count && line[end] == UInt8(ascii: "(")
        words.append((String(decoding: line[index..<end], as: UTF8.self), isMember, isCall))
      }
      index = max(end, index + 1)
    }
    return words
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: false
    }
  }
}

extension SourceText {
  static var packageRoot: URL {
    // This file, its folder, the target's, `Tests`.
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    return root
  }

  /// The Swift files below a folder of the package, each with the first folder below that.
  static func all(in path: String) throws -> [SourceText] {
    let root = packageRoot.appending(path: path)
    return try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".swift") }
      .sorted()
      .map { path in
        let parts = path.split(separator: "/")
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        return SourceText(text, folder: parts.count > 1 ? String(parts[0]) : "", name: path)
      }
  }
}
