// What to do about something malformed. To leave it out is offered only where that keeps what follows.

internal import JSONEvents
internal import Sharding

extension Hints {
  private static let leaveOut =
    "Leave such assets out with `onError = .skip`, or keep their bytes with `onError = .reject`."
  private static let cutShort = "The file may be cut short: fetch the export again."
  private static let lost = """
    Nothing behind this can be told apart, so `onError = .skip` would lose the rest of the input: \
    fetch the export again, or mend the file here.
    """

  /// What to do about a malformed element.
  static func malformed(_ element: MalformedElement) -> String {
    let code = element.fault.code
    if code == JSONFault.Code.truncated.name { return cutShort }
    if code == LimitViolation.Kind.columns.code {
      return "Leave a long value out of `context`, or such assets out with `onError = .skip`."
    }
    if code == JSONFault.Code.tooDeep.name { return "Allow it with `maxDepth`." }
    switch element.keepsRest {
    case true?: return leaveOut
    case false?: return lost
    case nil:
      return """
        Leave such assets out with `onError = .skip`; where their strings or brackets do not balance, \
        that loses the rest of the input.
        """
    }
  }

  /// What to do about a byte that cannot stand between elements, or an input that may not end.
  static func misplaced(_ misplaced: UnexpectedByte) -> String {
    guard let byte = misplaced.byte else { return cutShort }
    switch misplaced.gap {
    case .beforeFirst, .afterElement, .afterComma: return misplaced.isElement ? leaveOut : lost
    case .ended:
      return """
        Behind an array only further arrays or objects may follow: cut off what stands there, or \
        fetch the export again.
        """
    case .sequence, .mark1, .mark2:
      switch byte {
      case UInt8(ascii: ","):
        return "Assets with commas between them need [ in front of the first and ] behind the last."
      case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"):
        return "The file may be damaged, or put together of parts: fetch the export again."
      default: return leaveOut
      }
    }
  }
}

extension UnexpectedByte {
  /// Whether reading can go on behind it as behind a malformed element: behind a missing comma or a stray bracket
  /// nothing in an array can be trusted.
  var isElement: Bool {
    guard let byte else { return false }
    return switch gap {
    case .ended, .sequence, .mark1, .mark2: true
    case .beforeFirst, .afterComma: !"}],:".utf8.contains(byte)
    case .afterElement: false
    }
  }
}
