// One yajl handle and what it takes to feed it in chunks: the corrections, the positions, the cut tokens.
//
// Cut tokens. yajl keeps the piece of a token that a chunk ends in and lexes it anew, from its start, with every
// further chunk. So it is given a cut string or number once only: the session finds the piece at the end of the
// chunk, reads on with its own lexer, and when the token has ended finishes the piece in yajl's stream with the
// least that makes it whole (`"ab\u00` with `00"`, `1.` with `0 `). yajl sees a token where there is one and
// judges its place; the text comes from the session. Thus yajl lexes each byte of the input at most once, plus
// once more the last token's piece in each chunk, and a token of any length costs linear time and bounded memory.
//
// Positions. Inside a callback `yajl_get_bytes_consumed` is the offset just past the token in the current piece.
// A token's start is found by going over white space, commas and colons from the end of the token before.

internal import CYajl

/// Feeds yajl and tells a handler what it finds.
///
/// C function pointers cannot be made of generic code, and a generic subclass would run unspecialized, so the
/// handler is an existential: one indirect call an event.
// Safe to use: the pointers never leave it, and each is valid whenever it is read (see there).
@safe
final class YajlSession {
  private(set) var depth = 0
  private(set) var completedDocuments = 0
  /// Why it ended.
  private(set) var rejection: JSONRejection?
  /// How many bytes yajl was given in all: tests hold it against the input's length.
  private(set) var bytesGivenToYajl = 0

  private var handle: yajl_handle?
  private let callbacks: UnsafePointer<yajl_callbacks>
  private let maxDepth: Int
  private let allowsMultipleValues: Bool
  private let handler: (any JSONEventHandler)?

  private var byteGuard = ByteGuard()
  private var decoder = StringDecoder()
  private var cut: CutToken?
  private var cutText: [UInt8] = []
  /// Set while yajl is given the end of a cut token, or the value that primes it.
  private var givesPlaceholder = false
  private var isPriming = false

  // Valid only while yajl is in `yajl_parse`: the piece it reads, the piece's offset in the input, and the
  // index in the piece where the last reported token ended.
  private var piece = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  private var pieceOffset = 0
  private var tokenEnd = 0

  /// Makes a session for `handler`, nil if `callbacks` tell nothing but brackets.
  init(
    _ handler: (any JSONEventHandler)?, callbacks: UnsafePointer<yajl_callbacks>, maxDepth: Int,
    allowsMultipleValues: Bool
  ) {
    self.handler = handler
    unsafe self.callbacks = unsafe callbacks
    self.maxDepth = maxDepth
    self.allowsMultipleValues = allowsMultipleValues
    open()
  }

  deinit { unsafe yajl_free(handle) }

  // MARK: Feeding

  /// Makes the session as new, after a failure too.
  func reset() {
    unsafe yajl_free(handle)
    (depth, completedDocuments, rejection) = (0, 0, nil)
    (cut, byteGuard) = (nil, ByteGuard())
    open()
  }

  /// What is thrown once it has ended.
  var verdict: JSONRejection { rejection ?? JSONRejection(offset: 0, reason: "the parse has ended") }

  /// Feeds a chunk; false if the parse has ended, with `rejection` set.
  func feed(_ bytes: Span<UInt8>, at offset: Int, isClean: Bool) -> Bool {
    if rejection != nil { return false }
    let usable = isClean ? bytes.count : byteGuard.cleanPrefix(bytes)
    guard feedClean(bytes.extracting(0..<usable), at: offset) else { return false }
    if usable == bytes.count { return true }
    return reject(at: offset + usable, "a byte that no JSON text has there")
  }

  /// Ends the input; false as `feed`.
  func endOfInput() -> Bool {
    if rejection != nil { return false }
    if let cut {
      guard cut.mayEnd else { return reject(at: cut.start + cut.length, "the input ends inside a token") }
      guard finishCutToken(cut) else { return false }
    }
    bytesGivenToYajl += 1
    unsafe piece = UnsafeBufferPointer(start: nil, count: 0)
    return judge(unsafe yajl_complete_parse(handle))
  }

  private func feedClean(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
    var start = 0
    if cut != nil {
      guard let next = resumeCutToken(bytes, at: offset) else { return false }
      start = next
    }
    if start == bytes.count { return true }
    let rest = bytes.extracting(start...)
    guard parse(rest, at: offset + start) else { return false }
    return findCutToken(rest, at: offset + start)
  }

  private func parse(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
    bytesGivenToYajl += bytes.count
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      // The pointer stays in `piece` no longer than this closure; callbacks read it only inside yajl_parse.
      unsafe piece = buffer
      pieceOffset = offset
      tokenEnd = 0
      let status = unsafe yajl_parse(handle, buffer.baseAddress, buffer.count)
      unsafe piece = UnsafeBufferPointer(start: nil, count: 0)
      return judge(status)
    }
  }

  private func judge(_ status: yajl_status) -> Bool {
    if status == yajl_status_ok { return true }
    if status == yajl_status_client_canceled { return false }
    let consumed = unsafe yajl_get_bytes_consumed(handle)
    let text = unsafe yajl_get_error(handle, 0, nil, 0)
    // yajl hands out a C string that is ours until it is freed.
    var reason = unsafe text.map { unsafe String(cString: $0) } ?? "yajl says no"
    if reason.last == "\n" { reason.removeLast() }
    unsafe yajl_free_error(handle, text)
    return reject(at: pieceOffset + consumed, reason)
  }

  private func reject(at offset: Int, _ reason: String) -> Bool {
    if rejection == nil { rejection = JSONRejection(offset: offset, reason: reason) }
    return false
  }

  private func open() {
    // The context is this object, which outlives the handle that it owns.
    let handle = unsafe cyajl_alloc(callbacks, Unmanaged.passUnretained(self).toOpaque())
    unsafe self.handle = unsafe handle
    unsafe cyajl_leave_utf8_to_caller(handle)
    if allowsMultipleValues {
      unsafe cyajl_allow_multiple_values(handle)
      // yajl counts no value at all as truncated; with one value behind it, the end may come any time.
      isPriming = true
      _ = parse([UInt8]("0 ".utf8).span, at: 0)
      isPriming = false
    }
  }
}

// MARK: Cut tokens

extension YajlSession {
  /// Looks for a string or number that the end of `bytes` cuts; a cut literal is short and left to yajl.
  private func findCutToken(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
    var index = tokenEnd
    while index < bytes.count {
      let start = index
      var kind: CutToken.Kind?
      switch bytes[index] {
      case UInt8(ascii: "\""):
        var lexer = StringLexer()
        switch lexer.scan(bytes, from: index + 1) {
        case .closed(let end): index = end + 1
        case .inside: kind = .string(lexer, pieceEndsIn: lexer.escape)
        // Only bytes that were wrongly called clean come here, as yajl has let them pass.
        case .fault(let at, _): return reject(at: offset + at, "a byte that no string has")
        }
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        var lexer = NumberLexer()
        index = max(lexer.scan(bytes, from: index), index + 1)
        if index == bytes.count { kind = .number(lexer, pieceIsWhole: lexer.isComplete) }
      default: index += 1
      }
      if let kind {
        cut = CutToken(kind: kind, start: offset + start, length: 0)
        cutText.removeAll(keepingCapacity: true)
        keep(bytes.extracting(start...))
        return true
      }
    }
    return true
  }

  /// Reads on in the cut token; the index behind it or the count, nil if it is no token.
  private func resumeCutToken(_ bytes: Span<UInt8>, at offset: Int) -> Int? {
    guard var token = cut else { return 0 }
    let end: Int
    let hasEnded: Bool
    switch token.kind {
    case .string(var lexer, let piece):
      switch lexer.scan(bytes, from: 0) {
      case .closed(let quote): (end, hasEnded) = (quote + 1, true)
      case .inside: (end, hasEnded) = (bytes.count, false)
      case .fault(let at, _):
        _ = reject(at: offset + at, "a byte that no string has")
        return nil
      }
      token.kind = .string(lexer, pieceEndsIn: piece)
    case .number(var lexer, let piece):
      end = lexer.scan(bytes, from: 0)
      hasEnded = end < bytes.count
      token.kind = .number(lexer, pieceIsWhole: piece)
      if hasEnded, !lexer.isComplete {
        _ = reject(at: offset + end, "a number that ends too early")
        return nil
      }
    }
    cut = token
    keep(bytes.extracting(0..<end))
    if hasEnded, let whole = cut, !finishCutToken(whole) { return nil }
    return end
  }

  private func finishCutToken(_ token: CutToken) -> Bool {
    givesPlaceholder = true
    let isTaken = parse(token.completion.span, at: token.start + token.length)
    givesPlaceholder = false
    cut = nil
    return isTaken
  }

  private func keep(_ bytes: Span<UInt8>) {
    // Not in place: `cut` is asked for with every chunk, and stays unchecked as long as nobody works in it.
    guard var token = cut else { return }
    token.length += bytes.count
    cut = token
    if handler == nil { return }
    if token.length > JSONLimits.tokenLength {
      cutText = []
    } else {
      for index in bytes.indices { cutText.append(bytes[index]) }
    }
  }
}

// MARK: What yajl calls

extension YajlSession {
  func yajlStarts(isObject: Bool) {
    let end = markToken()
    depth += 1
    if depth > maxDepth {
      _ = reject(at: end - 1, "nested too deep")
    } else if isObject {
      handler?.startObject(at: end - 1)
    } else {
      handler?.startArray(at: end - 1)
    }
  }

  func yajlEnds(isObject: Bool) {
    let end = markToken()
    depth -= 1
    if depth == 0 { completedDocuments += 1 }
    if isObject { handler?.endObject(at: end - 1) } else { handler?.endArray(at: end - 1) }
  }

  func yajlReadText(length: Int, isKey: Bool) {
    if depth == 0 { completedDocuments += 1 }
    if givesPlaceholder, let cut {
      if cut.length > JSONLimits.tokenLength {
        handler?.oversizedString(isKey: isKey, at: cut.range)
        return
      }
      let text = cutText
      deliver(text.span, hasEscapes: text.contains(UInt8(ascii: "\\")), isKey: isKey, at: cut.range)
      return
    }
    let start = startOfToken()
    let range = pieceOffset + start..<markToken()
    if range.count > JSONLimits.tokenLength {
      handler?.oversizedString(isKey: isKey, at: range)
      return
    }
    // start and tokenEnd are indices of this piece, whose pointer is valid during the callback.
    let raw = unsafe UnsafeBufferPointer(rebasing: piece[start..<tokenEnd])
    // Every escape is longer than what yajl makes of it, so equal lengths mean that there is none.
    deliver(unsafe raw.span, hasEscapes: range.count - 2 != length, isKey: isKey, at: range)
  }

  func yajlReadNumber(_ digits: UnsafeBufferPointer<UInt8>) {
    if isPriming { return }
    if depth == 0 { completedDocuments += 1 }
    if givesPlaceholder, let cut {
      if cut.length > JSONLimits.tokenLength {
        handler?.oversizedNumber(at: cut.range)
      } else {
        let text = cutText
        handler?.number(text.span, at: cut.range)
      }
      return
    }
    let end = markToken()
    let range = end - digits.count..<end
    if range.count > JSONLimits.tokenLength {
      handler?.oversizedNumber(at: range)
    } else {
      handler?.number(unsafe digits.span, at: range)
    }
  }

  func yajlReadLiteral(_ value: Bool?) {
    if depth == 0 { completedDocuments += 1 }
    let end = markToken()
    if let value {
      handler?.boolean(value, at: end - (value ? 4 : 5)..<end)
    } else {
      handler?.null(at: end - 4..<end)
    }
  }

  private func deliver(_ raw: Span<UInt8>, hasEscapes: Bool, isKey: Bool, at range: Range<Int>) {
    if !hasEscapes {
      tell(raw.extracting(1..<raw.count - 1), raw: raw, loneSurrogate: false, isKey: isKey, at: range)
      return
    }
    decoder.decode(raw)
    let text = decoder.text
    tell(
      text.span, raw: raw, loneSurrogate: decoder.hadLoneSurrogate, isKey: isKey, at: range)
  }

  private func tell(
    _ value: Span<UInt8>, raw: Span<UInt8>, loneSurrogate: Bool, isKey: Bool, at range: Range<Int>
  ) {
    if isKey {
      handler?.key(value, raw: raw, loneSurrogate: loneSurrogate, at: range)
    } else {
      handler?.string(value, raw: raw, loneSurrogate: loneSurrogate, at: range)
    }
  }

  /// Notes that a token has ended here and returns the offset behind it.
  private func markToken() -> Int {
    tokenEnd = unsafe yajl_get_bytes_consumed(handle)
    return pieceOffset + tokenEnd
  }

  private func startOfToken() -> Int {
    var index = tokenEnd
    // Ends at the string's opening quote at the latest, which is in the piece: a cut string never comes here.
    while unsafe piece[index] != UInt8(ascii: "\"") { index &+= 1 }
    return index
  }
}

/// A string or number that began in an earlier chunk.
struct CutToken {
  enum Kind {
    /// With the state that the piece which yajl holds ended in.
    case string(StringLexer, pieceEndsIn: StringLexer.Escape)
    case number(NumberLexer, pieceIsWhole: Bool)
  }

  var kind: Kind
  let start: Int
  var length: Int

  var range: Range<Int> { start..<start + length }

  /// Whether the input may end with it.
  var mayEnd: Bool {
    switch kind {
    case .string: false
    case .number(let lexer, _): lexer.isComplete
    }
  }

  /// The least that makes a token of the piece yajl holds.
  var completion: [UInt8] {
    let text =
      switch kind {
      case .string(_, .none): "\""
      case .string(_, .letter): "n\""
      case .string(_, .digits(let missing)): String(repeating: "0", count: missing) + "\""
      case .number(_, let isWhole): isWhole ? " " : "0 "
      }
    return Array(text.utf8)
  }
}
