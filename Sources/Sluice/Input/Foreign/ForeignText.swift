// Text that is no export: pages and errors of servers, other formats, JSON that something has been done to.

/// Recognises text by how it starts.
enum ForeignText {
  private struct Start: Sendable {
    let text: String
    let content: ForeignContent

    init(_ text: String, _ what: String, _ wayOut: ForeignContent.WayOut) {
      self.text = text
      content = ForeignContent(what, wayOut)
    }
  }

  static let linkAdvice = "A link or a token may have expired: fetch the export again."

  private static let starts: [Start] = [
    Start(
      "version https://git-lfs.github.com/spec/", "a pointer of Git LFS",
      .advice("Fetch what it points to with 'git lfs pull'.")),
    Start(
      "<<<<<<< ", "a file with a merge conflict",
      .advice("Choose a side with 'git checkout --ours FILE' or '--theirs', or fetch the export again.")),
    Start("HTTP/", "an answer of a server with its headers", .advice("Leave -i out of curl's options.")),
    Start(
      "-----BEGIN PGP MESSAGE", "an encrypted message",
      .filter("gpg -d")),
    Start("-----BEGIN ", "a key or certificate", .advice("Name the export.")),
    Start("age-encryption.org/", "a file encrypted by age", .filter("age -d")),
    Start("\u{1E}", "a JSON text sequence", .standardInput("tr -d '\\036'")),
    Start("---\n", "YAML", .filter("yq -o json")), Start("%YAML", "YAML", .filter("yq -o json")),
    Start(")]}'", "JSON behind a guard against scripts", .filter("tail -n +2")),
    Start("//", "JSON with comments", commentAdvice), Start("/*", "JSON with comments", commentAdvice),
    Start("#!", "a script", .advice("Name the export that it makes.")),
    Start("var ", "JavaScript", scriptAdvice), Start("const ", "JavaScript", scriptAdvice),
    Start("let ", "JavaScript", scriptAdvice), Start("module.exports", "JavaScript", scriptAdvice),
    Start("export default", "JavaScript", scriptAdvice),
    Start("H4sI", "gzip data in base64", .filter("base64 -d")),
    Start("W3si", "JSON in base64", .filter("base64 -d")),
    Start("eyJ", "JSON in base64", .filter("base64 -d")),
    Start("\"[{\\\"", "JSON within a JSON string", .filter("jq -r .")),
    Start("\"{\\\"", "JSON within a JSON string", .filter("jq -r .")),
  ]

  private static let commentAdvice = ForeignContent.WayOut.advice(
    "JSON has no comments: take them out, or export again.")
  private static let scriptAdvice = ForeignContent.WayOut.advice(
    "Print what it holds with JSON.stringify, and name that.")

  /// Names text by how it starts.
  static func recognise(_ window: [UInt8]) -> ForeignContent? {
    if let start = starts.first(where: { window.starts(with: $0.text.utf8) }) { return start.content }
    if window.first == UInt8(ascii: "<") { return markup(window) }
    return isTable(window) ? csv : nil
  }

  /// Names what stands in an array where its first element should.
  static func inArray(_ window: [UInt8]) -> ForeignContent? {
    guard window.first == UInt8(ascii: "[") else { return nil }
    return ForeignContent("an array of arrays", .filter("jq -c '.[][]'"))
  }

  // MARK: Markup

  private static func markup(_ window: [UInt8]) -> ForeignContent? {
    let small = window.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
    guard small.count > 1, "abcdefghijklmnopqrstuvwxyz!?".utf8.contains(small[1]) else { return nil }
    let has = { (text: String) in position(of: text, in: small) != nil }
    if has("<html") || small.starts(with: "<!doctype html".utf8) || has("<body") {
      let title = element("title", in: window, small).map { " (\"\($0)\")" } ?? ""
      return ForeignContent("a web page\(title)", .advice(linkAdvice))
    }
    if has("<error>") {
      let parts = [element("code", in: window, small), element("message", in: window, small)].compactMap {
        $0
      }
      let said = parts.isEmpty ? "" : " (\"\(parts.joined(separator: ": "))\")"
      return ForeignContent("an error message of a server\(said)", .advice(linkAdvice))
    }
    return ForeignContent("XML", .advice("Export the project again as JSON, or fetch the export again."))
  }

  /// The text of the first element of that name, if it is short and has no markup of its own.
  private static func element(_ name: String, in window: [UInt8], _ small: [UInt8]) -> String? {
    guard let open = position(of: "<\(name)>", in: small) else { return nil }
    let rest = window[(open + name.utf8.count + 2)...].prefix(400)
    guard let end = rest.firstIndex(of: UInt8(ascii: "<")) else { return nil }
    return ForeignContent.quotable(String(decoding: rest[..<end], as: UTF8.self))
  }

  private static func position(of text: String, in window: [UInt8]) -> Int? {
    window.indices.first { window[$0...].starts(with: text.utf8) }
  }

  // MARK: Tables

  private static let csv = ForeignContent(
    "CSV", .advice("Sluice reads the JSON that Ango Hub exports: export the project again as JSON."))

  /// Whether the first lines have as many separators each, and more than one thing in them.
  private static func isTable(_ window: [UInt8]) -> Bool {
    let lines = window.split(maxSplits: 2, omittingEmptySubsequences: true) { $0 == 0x0A || $0 == 0x0D }
    guard let header = lines.first, !header.contains(where: { "{}[]".utf8.contains($0) }) else {
      return false
    }
    if ForeignContent.isBinary(Array(header)) { return false }
    return ",;\t|".utf8.contains { separator in
      let count = separators(separator, in: header)
      if count == 0 { return false }
      // Where the second line is cut short, or there is none, names alone must do.
      guard lines.count > 2 else { return count > 1 && !header.contains(UInt8(ascii: " ")) }
      return separators(separator, in: lines[1]) == count
    }
  }

  private static func separators(_ separator: UInt8, in line: ArraySlice<UInt8>) -> Int {
    var isQuoted = false
    var count = 0
    for byte in line {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == separator, !isQuoted { count += 1 }
    }
    return count
  }

  // MARK: What starts like an object

  /// Names an object as other languages write it.
  static func brokenObject(_ window: [UInt8]) -> ForeignContent? {
    let inside = window.dropFirst().drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    if inside.first == UInt8(ascii: "'") {
      let convert = "import ast, json, sys; print(json.dumps(ast.literal_eval(sys.stdin.read())))"
      return ForeignContent(
        "what Python prints of a list or dict", .standardInput("python3 -c \"\(convert)\""))
    }
    if inside.first == UInt8(ascii: "\\") {
      return ForeignContent(
        "JSON whose quotes are escaped", .advice("It was taken out of a string: fetch the export itself."))
    }
    if inside.starts(with: "\u{201C}".utf8) {
      return ForeignContent(
        "JSON with typographic quotes", .advice("A word processor has changed it: fetch the export again."))
    }
    if callsMongo(window) {
      return ForeignContent(
        "what the mongo shell prints", .advice("Write it with mongoexport, or print it with EJSON.stringify.")
      )
    }
    return hasBareKey(inside) ? ForeignContent("JavaScript or JSON5", scriptAdvice) : nil
  }

  private static func hasBareKey(_ text: ArraySlice<UInt8>) -> Bool {
    let isWord = { (byte: UInt8) in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte == UInt8(ascii: "_")
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
    guard text.first.map(isWord) == true else { return false }
    return text.drop(while: isWord).first { $0 != 0x20 } == UInt8(ascii: ":")
  }

  /// Whether a value is a call of one of the shell's types, outside strings.
  private static func callsMongo(_ window: [UInt8]) -> Bool {
    let calls = ["ObjectId(", "ISODate(", "NumberLong(", "NumberInt(", "NumberDecimal(", "UUID(", "BinData("]
    var isInString = false
    var index = 0
    while index < window.count {
      switch window[index] {
      case UInt8(ascii: "\\") where isInString: index += 1
      case UInt8(ascii: "\""): isInString.toggle()
      case UInt8(ascii: ":") where !isInString:
        let value = window[(index + 1)...].drop { $0 == 0x20 }
        if calls.contains(where: { value.starts(with: $0.utf8) }) { return true }
      default: break
      }
      index += 1
    }
    return false
  }
}

extension ForeignContent {
  /// Text of others for a message: short, in one line, without what a terminal would act upon.
  static func quotable(_ text: String) -> String? {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let safe = words.unicodeScalars.filter {
      !$0.properties.isDefaultIgnorableCodePoint && $0.properties.generalCategory != .control
    }
    if safe.isEmpty { return nil }
    let shown = String(String.UnicodeScalarView(safe))
    return shown.count > 120 ? "\(shown.prefix(120))…" : shown
  }
}
