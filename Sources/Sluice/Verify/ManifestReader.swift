// The part of a manifest that verify needs, taken from bytes that anybody may have written. Paths stay
// what they are, names to look up among the files that were found: none is ever opened.

internal import JSONEvents
internal import Storage

/// What a manifest says should be there.
struct ManifestContents {
  /// A listed file.
  struct File {
    let path: String
    let bytes: Int
    let sha256: String
    /// Nil for rejects.
    let rows: Int?
    /// How many bytes it has decompressed; nil for rejects.
    let rawBytes: Int?
  }

  /// Whether the manifest's own sum is right.
  let isIntact: Bool
  let files: [File]
  let rejects: [File]
  let reportSha256: String

  /// The longest manifest, and the longest report, that is read, in bytes: a few times what ten million files take.
  static let longest = 4 << 30

  /// Reads a manifest piece by piece, so that what is none, however long, takes no memory.
  ///
  /// - Parameter source: The file.
  /// - Returns: nil where it has not the shape of a manifest.
  /// - Throws: `VerifyError` for a schema of the future; what reading throws.
  static func read(_ source: any RandomAccessSource) throws -> ManifestContents? {
    let events = ManifestEvents()
    var parser = JSONPushParser(events, maxDepth: 64)
    var seal = SealReader(size: source.size)
    do {
      try forEachPiece(of: source) { bytes, offset in
        seal.add(bytes, at: offset)
        try parser.feed(bytes, at: offset)
      }
      try parser.endOfInput()
    } catch is JSONRejection {
      return nil
    }
    guard let schema = events.schema else { return nil }
    guard schema == 1 else { throw VerifyError(schema: schema) }
    guard let files = events.files.elements, let rejects = events.rejects.elements,
      let reportSha256 = events.reportSha256, let sum = events.sha256
    else { return nil }
    return ManifestContents(
      isIntact: seal.isRight(sum), files: files, rejects: rejects, reportSha256: reportSha256)
  }
}

/// Picks what is needed out of a manifest; of equal keys the last counts.
private final class ManifestEvents: JSONEventHandler {
  /// One of the lists of files.
  struct List {
    let needsRows: Bool
    /// nil if it is no list, or has something else in it.
    var elements: [ManifestContents.File]?

    fileprivate mutating func add(_ element: Element) {
      guard let path = element.path, let bytes = element.bytes, let sha256 = element.sha256,
        !needsRows || element.rows != nil && element.rawBytes != nil
      else {
        elements = nil
        return
      }
      elements?.append(
        ManifestContents.File(
          path: path, bytes: bytes, sha256: sha256, rows: needsRows ? element.rows : nil,
          rawBytes: needsRows ? element.rawBytes : nil))
    }
  }

  /// A listed file, as far as it has been read.
  fileprivate struct Element {
    var path: String?
    var bytes: Int?
    var sha256: String?
    var rows: Int?
    var rawBytes: Int?

    mutating func set(_ key: String, _ text: String?, _ number: Int?) {
      switch key {
      case "path": path = text
      case "bytes": bytes = number
      case "sha256": sha256 = text
      case "rows": rows = number
      case "rawBytes": rawBytes = number
      default: break
      }
    }
  }

  private(set) var schema: Int?
  private(set) var reportSha256: String?
  private(set) var sha256: String?
  private(set) var files = List(needsRows: true)
  private(set) var rejects = List(needsRows: false)

  private var depth = 0
  /// The current key of the manifest, and of a listed file.
  private var key = ""
  private var elementKey = ""
  private var element = Element()

  func startObject(at offset: Int) { open(isObject: true) }
  func startArray(at offset: Int) { open(isObject: false) }
  func endObject(at offset: Int) { close(isObject: true) }
  func endArray(at offset: Int) { close(isObject: false) }

  private func open(isObject: Bool) {
    depth += 1
    if depth == 2 { setList(isObject ? nil : []) }
    if depth == 3 {
      element = Element()
      if !isObject { setList(nil) }
    }
  }

  private func close(isObject: Bool) {
    depth -= 1
    if depth == 2, isObject { addElement() }
  }

  private func setList(_ elements: [ManifestContents.File]?) {
    switch key {
    case "files": files.elements = elements
    case "rejects": rejects.elements = elements
    default: break
    }
  }

  private func addElement() {
    switch key {
    case "files": files.add(element)
    case "rejects": rejects.add(element)
    default: break
    }
  }

  func key(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    let name = depth == 1 || depth == 3 ? String(decoding: [UInt8](value), as: UTF8.self) : ""
    if depth == 1 { key = name }
    if depth == 3 { elementKey = name }
  }

  func string(_ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, at range: Range<Int>) {
    guard depth == 1 || depth == 3 && isListed else { return scalar(nil, nil) }
    scalar(String(decoding: [UInt8](value), as: UTF8.self), nil)
  }

  func number(_ raw: Span<UInt8>, at range: Range<Int>) {
    scalar(nil, Int(String(decoding: [UInt8](raw), as: UTF8.self)))
  }

  func boolean(_ value: Bool, at range: Range<Int>) { scalar(nil, nil) }
  func null(at range: Range<Int>) { scalar(nil, nil) }
  func oversizedNumber(at range: Range<Int>) { scalar(nil, nil) }
  func oversizedString(isKey: Bool, at range: Range<Int>) {
    if isKey { (key, elementKey) = depth == 1 ? ("", elementKey) : (key, "") } else { scalar(nil, nil) }
  }

  private var isListed: Bool { key == "files" || key == "rejects" }

  private func scalar(_ text: String?, _ number: Int?) {
    switch depth {
    case 1: setMember(text, number)
    case 2: setList(nil)
    case 3: element.set(elementKey, text, number)
    default: break
    }
  }

  private func setMember(_ text: String?, _ number: Int?) {
    switch key {
    case "schema": schema = number
    case "reportSha256": reportSha256 = text
    case "sha256": sha256 = text
    default: setList(nil)
    }
  }
}

/// A manifest that this version can't judge.
package struct VerifyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The schema it has.
  package let schema: Int

  /// One line for people.
  package var description: String { "manifest.json has schema \(schema); this version knows schema 1" }
}

extension VerifyError: RunErrorConvertible {
  var runError: RunError { RunError(.output, description, hint: "Use a newer sluice.") }
}
