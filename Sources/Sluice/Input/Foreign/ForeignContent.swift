// What people hand over in the place of an export: told by its first bytes, named, and said the way out of. What
// is known stands in tables (`ForeignMagic`, `ForeignText`, `ForeignShape`); a line there is all that a further
// kind takes. Names of files decide nothing.

internal import Compression

/// Something that is no export.
struct ForeignContent: Sendable, Equatable {
  /// What leads from it to an export.
  enum WayOut: Sendable, Equatable {
    /// A program that writes the export: as it is typed before a file's name, and as it reads standard input.
    case program(file: String, standardInput: String)
    /// A program that reads standard input alone.
    case standardInput(String)
    /// A program that reads a file alone, and what to do where there is no file.
    case file(String, otherwise: String)
    /// Something else, as a sentence.
    case advice(String)

    /// A program that reads standard input if it is given no file: `xz -dc`.
    static func filter(_ command: String) -> Self { .program(file: command, standardInput: command) }
  }

  /// What it is, as in "this is …, not an export".
  var what: String
  var wayOut: WayOut

  init(_ what: String, _ wayOut: WayOut) {
    self.what = what
    self.wayOut = wayOut
  }

  /// How many bytes are looked at to tell what an input is.
  static let window = 4096
  /// How many of its first element, whose members say what it is of.
  static let elementWindow = 16384
}

/// Where foreign content was found, for commands that read it.
struct ForeignPlace {
  var name: InputName
  var entry: String?
  var container: Container

  /// The input and the entry, as messages name them.
  var description: String { entry.map { "\(name) (entry \($0))" } ?? name.description }
}

extension ForeignContent {
  var message: String { "this is \(what), not an export" }

  /// What to do, with a command line where one helps.
  func hint(_ place: ForeignPlace) -> String {
    let file = place.isPlainFile ? place.shellName : nil
    switch (wayOut, file) {
    case (.advice(let text), _), (.file(_, otherwise: let text), nil): return text
    case (.program(let command, _), let file?), (.file(let command, _), let file?):
      return "Try: \(command) \(file) | sluice run -"
    case (.standardInput(let command), let file?): return "Try: \(command) < \(file) | sluice run -"
    case (.program(_, standardInput: let command), nil), (.standardInput(let command), nil):
      return "Try: \(place.unpacked) | \(command) | sluice run -"
    }
  }
}

extension ForeignPlace {
  /// Whether a program can be given the file's name.
  var isPlainFile: Bool {
    name.path != nil && entry == nil && container == .plain
  }

  /// The input's name as a shell takes it.
  var shellName: String { Self.quoted(name.description) }

  /// A command that writes the bytes that were looked at.
  var unpacked: String {
    guard name.path != nil else { return "…" }
    switch container {
    case .plain: return "cat \(shellName)"
    case .gzip: return "gzip -dc \(shellName)"
    case .zstd: return "zstd -dc \(shellName)"
    case .zip: return "unzip -p \(shellName) \(Self.quoted(entry ?? "ENTRY"))"
    }
  }

  private static func quoted(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      byte >= 0x80 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
        || "_-./+,:@%=".utf8.contains(byte)
    }
    if isPlain, !text.isEmpty { return text }
    let escaped = text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    return "'\(escaped)'"
  }
}

extension ForeignContent {
  /// Tells what stands where an input's first element should start.
  ///
  /// - Parameters:
  ///   - window: The bytes from there on, as many as `Self.window` if there are.
  ///   - offset: Where the first of them stands.
  ///   - isInArray: Whether an array has been opened before it.
  /// - Returns: nil if it is nothing that is known.
  static func atStart(_ window: [UInt8], offset: Int, isInArray: Bool) -> ForeignContent? {
    if let wide = WideText.recognise(window, offset: offset) { return wide }
    if isInArray { return ForeignText.inArray(window) }
    if let known = ForeignMagic.recognise(window) { return known }
    if let text = ForeignText.recognise(window) { return text }
    return isBinary(window) ? ForeignMagic.unknownBinary(window) : nil
  }

  /// Tells what a first element is that starts like an object and is no JSON.
  ///
  /// - Parameters:
  ///   - window: Its bytes, as many as `Self.window` if there are.
  ///   - offset: Where the first of them stands.
  /// - Returns: nil if it is nothing that is known: an asset, damaged.
  static func brokenObject(_ window: [UInt8], offset: Int) -> ForeignContent? {
    if let wide = WideText.recognise(window, offset: offset) { return wide }
    if let text = ForeignText.brokenObject(window) { return text }
    return isBinary(window) ? ForeignMagic.unknownBinary(window) : nil
  }

  /// Whether so much of it is neither UTF-8 nor white space that it is no text with a blemish.
  static func isBinary(_ window: [UInt8]) -> Bool {
    let repaired = String(decoding: window, as: UTF8.self).unicodeScalars
    let odd = repaired.count { scalar in
      scalar == "\u{FFFD}" || scalar.value == 0x7F
        || scalar.value < 0x20 && !"\t\n\r\u{1E}".unicodeScalars.contains(scalar)
    }
    return odd * 10 > window.count
  }
}

extension Hints {
  /// What to do about an input that does not start like an export, of which `window` are the first bytes.
  static func strangeStart(_ window: [UInt8], isInArray: Bool) -> String {
    if isInArray { return "An export is an array of objects, or objects in a row." }
    let line = window.prefix { $0 != 0x0A && $0 != 0x0D }.prefix(60)
    let shown = ForeignContent.quotable(String(decoding: line, as: UTF8.self)) ?? ""
    return "An export starts with '[' or '{', and this with \"\(shown)\": a download may have failed."
  }
}
