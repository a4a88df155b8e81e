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
  init(_ excess: Excess, line: LineAnchor, end: Int) {
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

/// What to do about what went wrong.
enum Hints {
  static let encoding = "Convert the file to UTF-8, for example with iconv."
  static let issueExport = "Export with type=task; issues have no annotations to select."

  /// What to do about an input that does not start like an export, of which `window` are the first bytes.
  static func strangeStart(_ window: [UInt8], isInArray: Bool) -> String {
    if isInArray { return "An export is an array of objects, or objects in a row." }
    let line = window.prefix { $0 != 0x0A && $0 != 0x0D }.prefix(60)
    let shown = ForeignContent.quotable(String(decoding: line, as: UTF8.self)) ?? ""
    return "An export starts with '[' or '{', and this with \"\(shown)\": a download may have failed."
  }

  /// What to do about a container that cannot be read, or rows that cannot be compressed.
  static func container(_ error: CompressionError) -> String {
    switch error.code {
    case .encrypted: "Unpack it with its password, and name what comes out."
    case .unsupported: "Unpack it with the program that made it, and name what comes out."
    case .windowTooLarge: "Unpack it with zstd --long=31, and name what comes out or pipe it in."
    case .outOfMemory: "Lower --workers, --level or --long, or free some memory."
    case .noThreads:
      "Raise the limit on processes (ulimit -u, or the container's), or use --compression gzip or none."
    case .badOption: "Choose another --level or --long."
    default: "The file may be damaged or cut short: fetch the export again."
    }
  }

  /// What to do about a call that the system refused.
  static func system(_ error: StorageError) -> String {
    switch error.errno {
    case .noSuchFileOrDirectory: "Check the name."
    case .permissionDenied, .notPermitted: "Check who may read and write there."
    case .noSpace, .diskQuotaExceeded: "Make room there, or name another place with --output or --temp."
    case .improperLink:
      "That file system cannot rename directories: write to another, and copy the output there."
    case .isDirectory: "Name a file, not a directory."
    case .notDirectory: "What stands in front of the last slash must be a directory."
    case .fileNameTooLong: "Choose a shorter name."
    case .fileTooLarge: "Raise the limit on the size of files (ulimit -f), or lower --target-size."
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
      "Raise the limit on open files (ulimit -n), or lower --workers."
    case .noMemory: "Lower --memory or --workers, or free some memory."
    case .readOnlyFileSystem: "Name a place that can be written to with --output, --temp or --stats."
    case .badFileDescriptor:
      "\(error.path == "-" ? "Standard input" : "It") is closed: see what starts sluice, and leave out >&- and <&-."
    case .ioError: "The disk or the network behind it failed: see the system's log, and try another place."
    case .resourceBusy, .textFileBusy: "Wait until no other program uses it."
    case .illegalByteSequence: "Choose another name: that file system takes only valid UTF-8."
    case .invalidArgument:
      "Check what is named: not every file system takes every name, nor every device every call."
    default: "Look the system's answer up with 'man errno', and try another place."
    }
  }
}
