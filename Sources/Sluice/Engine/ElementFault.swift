// What is wrong with an element, in words.

internal import JSONEvents
internal import Sharding
internal import Storage
internal import SystemPackage

/// What is wrong with an element, and where.
struct ElementFault: Sendable {
  var offset: Int
  var line: Int
  var column: Int
  /// A word that stays the same.
  var code: String
  var message: String
  /// Where the element ends, if it is JSON and that is beyond doubt.
  var end: Int?
}

extension ElementFault {
  /// A fault of the grammar in `line`, at its own offset unless another is given.
  init(_ fault: JSONFault, at offset: Int? = nil, line: LineAnchor) {
    let offset = offset ?? fault.offset
    self.init(
      offset: offset, line: line.line, column: offset - line.start + 1, code: fault.code.name,
      message: fault.code == .truncated ? Self.truncated : fault.message)
  }

  /// The same wherever it ends: what could follow is not known in a part that is not read.
  private static let truncated = "the input ends inside the asset"

  /// What an element that ends at `end` has too much of.
  init(_ excess: Excess, line: LineAnchor, end: Int) {
    self.init(
      offset: excess.offset, line: line.line, column: excess.offset - line.start + 1, code: excess.kind.code,
      message: excess.message, end: end)
  }

  /// A byte that cannot stand between elements.
  init(_ misplaced: Misplaced) {
    let line = misplaced.line
    self.init(
      offset: misplaced.offset, line: line.line, column: misplaced.offset - line.start + 1,
      code: Self.code(misplaced), message: Self.message(misplaced))
  }

  private static func code(_ misplaced: Misplaced) -> String {
    guard let byte = misplaced.byte else { return JSONFault.Code.truncated.name }
    if isValue(byte), misplaced.gap.takesElement { return "not-an-object" }
    return misplaced.gap == .ended
      ? JSONFault.Code.trailingContent.name : JSONFault.Code.unexpectedByte(byte).name
  }

  private static func message(_ misplaced: Misplaced) -> String {
    guard let byte = misplaced.byte else { return "the input ends inside the array" }
    let shown = describe(byte)
    switch misplaced.gap {
    case .beforeFirst, .afterComma, .sequence:
      if isValue(byte) { return "an element that is not an object" }
      return "unexpected \(shown) where an asset should start"
    case .afterElement: return "unexpected \(shown) where a comma or the end of the array should be"
    case .ended: return "unexpected \(shown) after the end of the array"
    }
  }

  private static func isValue(_ byte: UInt8) -> Bool {
    "[\"-0123456789tfn".utf8.contains(byte)
  }

  private static func describe(_ byte: UInt8) -> String {
    if byte > 0x20, byte < 0x7F { return "character \"\(Character(UnicodeScalar(byte)))\"" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "byte 0x\(byte < 16 ? "0" : "")\(digits)"
  }
}

extension Gap {
  /// Whether an element may stand here.
  var takesElement: Bool { self != .afterElement && self != .ended }
}

/// What to do about what went wrong.
enum Hints {
  static let container = "The file may be damaged or cut short: fetch the export again."
  static let encoding = "Convert the file to UTF-8, for example with iconv."
  static let html = "This looks like a web page, not an export: a link to one may have expired."
  static let issueExport = "Export with type=task; issues have no annotations to select."

  /// What to do about a malformed element.
  static func malformed(_ fault: ElementFault) -> String {
    if fault.code == JSONFault.Code.truncated.name {
      return "The file may be cut short: fetch the export again."
    }
    if fault.code == Excess.Kind.columns.code {
      return "Leave a long value out of --context, or such assets out with --on-error skip."
    }
    if fault.code == JSONFault.Code.tooDeep.name { return "Allow it with --max-depth." }
    return "Leave such assets out with --on-error skip, or keep their bytes with --on-error reject."
  }

  /// What to do about a call that the system refused.
  static func system(_ error: StorageError) -> String {
    switch error.errno {
    case .noSuchFileOrDirectory: "Check the name."
    case .permissionDenied: "Check who may read and write it."
    case .noSpace, .diskQuotaExceeded: "Make room there, or name another place with --output or --temp."
    case .improperLink:
      "That file system cannot rename directories: write to another, and copy the output there."
    case .isDirectory: "Name the export itself, not its directory."
    default: "The system said so; see its manual for what it means."
    }
  }
}
