// What is wrong with an element, in words.

internal import Compression
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
  init(_ excess: LimitViolation, line: LineAnchor, end: Int) {
    self.init(
      offset: excess.offset, line: line.line, column: excess.offset - line.start + 1, code: excess.kind.code,
      message: excess.message, end: end)
  }

  /// An object that starts at `offset` and ends at `end`, and is no asset.
  init(noAssetAt offset: Int, line: LineAnchor, end: Int) {
    self.init(
      offset: offset, line: line.line, column: offset - line.start + 1, code: Self.noAsset,
      message: "an object that is no asset: it has none of an asset's members", end: end)
  }

  /// The code of an object that is no asset.
  static let noAsset = "not-an-asset"

  /// A byte that cannot stand between elements.
  init(_ misplaced: UnexpectedByte) {
    let line = misplaced.line
    self.init(
      offset: misplaced.offset, line: line.line, column: misplaced.offset - line.start + 1,
      code: Self.code(misplaced), message: Self.message(misplaced))
  }

  private static func code(_ misplaced: UnexpectedByte) -> String {
    guard let byte = misplaced.byte else { return JSONFault.Code.truncated.name }
    if isValue(byte), misplaced.gap.takesElement { return "not-an-object" }
    return misplaced.gap == .ended
      ? JSONFault.Code.trailingContent.name : JSONFault.Code.unexpectedByte(byte).name
  }

  private static func message(_ misplaced: UnexpectedByte) -> String {
    guard let byte = misplaced.byte else { return "the input ends inside the array" }
    let shown = describe(byte)
    switch misplaced.gap {
    case .beforeFirst, .afterComma, .sequence, .mark1, .mark2:
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
  var takesElement: Bool { self == .beforeFirst || self == .afterComma || self == .sequence }
}
