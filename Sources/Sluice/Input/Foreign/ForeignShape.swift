// JSON of something else, told by the names of an element's members.

/// Recognises an object that is no asset.
enum ForeignShape {
  private struct Shape: Sendable {
    let what: String
    /// Members that it has.
    let all: [String]
    /// Members of which it has at least one; empty if `all` is enough.
    let any: [String]
    let wayOut: ForeignContent.WayOut

    init(
      _ what: String, all: [String] = [], any: [String] = [],
      _ wayOut: ForeignContent.WayOut = ForeignShape.exportAdvice
    ) {
      self.what = what
      self.all = all
      self.any = any
      self.wayOut = wayOut
    }

    func matches(_ names: [String]) -> Bool {
      all.allSatisfy(names.contains) && (any.isEmpty || any.contains(where: names.contains))
    }
  }

  private static let exportAdvice = ForeignContent.WayOut.advice(
    "Sluice reads what Ango Hub exports of a project: JSON or NDJSON, with type=task.")

  private static let shapes: [Shape] = [
    Shape(
      "Sluice's own annotation rows", all: ["annotation", "kind", "snapshot"],
      .advice("Read the export that they were made of, or the rows with any program that reads JSON Lines.")),
    Shape(
      "a manifest of Sluice", all: ["schema", "generator"],
      .advice("Check the output with 'sluice verify DIR', and read the export that it was made of.")),
    Shape("a COCO dataset", all: ["images"], any: ["annotations", "categories", "info", "licenses"]),
    Shape(
      "a Label Studio file", all: ["data"], any: ["annotations", "predictions", "completions", "drafts"]),
    Shape("a Labelbox file", any: ["data_row", "Labeled Data"]),
    Shape("a SageMaker Ground Truth manifest", any: ["source-ref"]),
    Shape("a Darwin file of V7", all: ["item", "annotations"]),
    Shape("an Encord file", any: ["data_hash", "label_hash", "data_units"]),
    Shape("a LabelMe file", all: ["shapes", "imagePath"]),
    Shape("a project of the VGG Image Annotator", any: ["_via_img_metadata", "_via_settings"]),
    Shape("a SuperAnnotate file", all: ["metadata", "instances"]),
    Shape("a Datumaro dataset", all: ["categories", "items"]),
    Shape("a Prodigy file", any: ["_input_hash", "_task_hash"]),
    Shape("a notebook", all: ["cells", "nbformat"]), Shape("GeoJSON", all: ["type", "features"]),
    Shape("an ontology", all: ["tools", "classifications"]),
  ]

  /// Members in which servers say what went wrong.
  private static let errorMembers = [
    "message", "Message", "error_description", "error", "Error", "errors", "detail", "msg", "errorMessage",
    "fault", "statusCode",
  ]
  /// And in which, beside one of those, they say it too.
  private static let furtherErrorMembers = ["title", "reason", "code", "Code", "status"]

  /// Members in which servers wrap what was asked for.
  private static let wrappers = [
    "data", "items", "results", "result", "assets", "rows", "records", "export", "exports", "content",
    "response", "elements", "list", "docs", "payload", "value",
  ]

  /// The members that make an element an asset.
  private static let assetMembers = [
    "asset", "assetId", "externalId", "dataset", "batches", "task", "tasks",
  ]

  /// Names an element that is no asset.
  ///
  /// - Parameter window: Its first bytes.
  /// - Returns: What it is, or what it has if that is not known.
  static func recognise(_ window: [UInt8]) -> ForeignContent {
    let members = ObjectOutline(window[...]).members
    let names = members.map(\.name)
    if let shape = shapes.first(where: { $0.matches(names) }) {
      return ForeignContent(shape.what, shape.wayOut)
    }
    if names.contains("source"), names.contains(where: { $0.hasSuffix("-metadata") }) {
      return ForeignContent("a SageMaker Ground Truth manifest", exportAdvice)
    }
    if let path = wrapped(members) {
      return ForeignContent(
        "an object with a list in its member \"\(path.last ?? "")\"",
        .filter("jq -c '\(path.map { ".\($0)" }.joined())[]'"))
    }
    return serverError(members) ?? other(names, window)
  }

  /// The way to a list that may be the export.
  private static func wrapped(_ members: [ObjectOutline.Member], depth: Int = 1) -> [String]? {
    for member in members where isPlainName(member.name) {
      let value = member.value
      if value.first == UInt8(ascii: "[") {
        let first = value.dropFirst().drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let isList = first.first == UInt8(ascii: "]") || first.first == UInt8(ascii: "{")
        if isList, wrappers.contains(member.name) { return [member.name] }
        let inner = ObjectOutline(first).members
        if inner.contains(where: { assetMembers.contains($0.name) }) { return [member.name] }
      } else if value.first == UInt8(ascii: "{"), depth < 3, wrappers.contains(member.name) {
        if let path = wrapped(ObjectOutline(value).members, depth: depth + 1) { return [member.name] + path }
      }
    }
    return nil
  }

  /// Whether jq takes the name behind a point as it is.
  private static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte == UInt8(ascii: "_")
      }
  }

  private static func serverError(_ members: [ObjectOutline.Member]) -> ForeignContent? {
    guard members.contains(where: { errorMembers.contains($0.name) }) else { return nil }
    let named = (errorMembers + furtherErrorMembers).lazy
    let texts = named.compactMap { name in members.first { $0.name == name }?.text }
    let said = texts.compactMap { ForeignContent.quotable($0) }.first.map { " (\"\($0)\")" } ?? ""
    return ForeignContent("an error message of a server\(said)", .advice(ForeignText.linkAdvice))
  }

  private static func other(_ names: [String], _ window: [UInt8]) -> ForeignContent {
    if names.isEmpty {
      // The first name may be longer than what was looked at.
      let isEmpty = !window.contains(UInt8(ascii: "\""))
      return ForeignContent(isEmpty ? "an object without members" : "JSON of something else", exportAdvice)
    }
    let shown = names.prefix(3).compactMap { ForeignContent.quotable($0) }.map { "\"\($0)\"" }
    let more = names.count > 3 ? " …" : ""
    return ForeignContent(
      "JSON of something else (with \(shown.joined(separator: ", "))\(more))", exportAdvice)
  }
}

/// The members of an object whose first bytes are at hand.
struct ObjectOutline {
  struct Member {
    var name: String
    /// The bytes from the value on.
    var value: ArraySlice<UInt8>

    /// The value if it is a string of which all is at hand.
    var text: String? {
      guard value.first == UInt8(ascii: "\""), let end = ObjectOutline.stringEnd(value) else { return nil }
      return ObjectOutline.unescaped(value[(value.startIndex + 1)..<(end - 1)])
    }
  }

  private(set) var members: [Member] = []

  /// Reads as far as the bytes go, of JSON and of what is nearly so.
  init(_ bytes: ArraySlice<UInt8>) {
    guard bytes.first == UInt8(ascii: "{") else { return }
    var rest = bytes.dropFirst()
    while members.count < 100 {
      rest = rest.drop { Self.isSpace($0) || $0 == UInt8(ascii: ",") }
      guard rest.first == UInt8(ascii: "\""), let end = Self.stringEnd(rest) else { return }
      let name = Self.unescaped(rest[(rest.startIndex + 1)..<(end - 1)])
      rest = rest[end...].drop { Self.isSpace($0) }
      guard rest.first == UInt8(ascii: ":") else { return }
      rest = rest.dropFirst().drop { Self.isSpace($0) }
      members.append(Member(name: name, value: rest))
      guard let next = Self.valueEnd(rest) else { return }
      rest = rest[next...]
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  /// The index behind a string's closing quote.
  fileprivate static func stringEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
    var index = bytes.startIndex + 1
    while index < bytes.endIndex {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 2
      case UInt8(ascii: "\""): return index + 1
      default: index += 1
      }
    }
    return nil
  }

  /// The index behind a value; nil if it goes on behind the bytes at hand, or the object ends there.
  private static func valueEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
    var depth = 0
    var index = bytes.startIndex
    while index < bytes.endIndex {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        guard let end = stringEnd(bytes[index...]) else { return nil }
        index = end - 1
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return nil }
        depth -= 1
      case UInt8(ascii: ",") where depth == 0: return index
      default: break
      }
      index += 1
    }
    return nil
  }

  /// Text with its escapes resolved, as far as names and messages need it.
  fileprivate static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    var text: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.endIndex else {
        text.append(bytes[index])
        index += 1
        continue
      }
      let escape = bytes[index + 1]
      index += 2
      if escape == UInt8(ascii: "u"), bytes.endIndex - index >= 4 {
        let digits = String(decoding: bytes[index..<index + 4], as: UTF8.self)
        let scalar = UInt32(digits, radix: 16).flatMap(UnicodeScalar.init) ?? "\u{FFFD}"
        text += Array(String(Character(scalar)).utf8)
        index += 4
      } else {
        text.append("ntrbf".utf8.contains(escape) ? 0x20 : escape)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
