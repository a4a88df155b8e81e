// Why a run failed, in words for people and in a form for machines.

internal import Compression
internal import Storage
internal import SystemPackage

/// A run that failed.
public struct RunError: Error, Sendable {
  /// What went wrong, as a word that stays the same.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The word, as `--stats json` shows it.
    public let rawValue: String

    /// Names a code.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The input is not valid JSON, or an element is no object.
    public static let malformed = Code(rawValue: "malformed")
    /// The input is an export of issues.
    public static let issueExport = Code(rawValue: "issue-export")
    /// The input is something else than an export.
    public static let notExport = Code(rawValue: "not-an-export")
    /// The input, or an archive's entry, has no bytes, or nothing but white space.
    public static let emptyInput = Code(rawValue: "empty-input")
    /// A container is damaged or cannot be read.
    public static let container = Code(rawValue: "container")
    /// An archive holds no export.
    public static let emptyArchive = Code(rawValue: "empty-archive")
    /// The system refused something.
    public static let system = Code(rawValue: "system")
    /// The output directory cannot be used.
    public static let output = Code(rawValue: "output")
    /// The input changed while it was read.
    public static let inputChanged = Code(rawValue: "input-changed")
    /// An input has more bytes than it may have.
    public static let inputTooBig = Code(rawValue: "input-too-big")
    /// The run was interrupted.
    public static let interrupted = Code(rawValue: "interrupted")
    /// Nobody reads the rows any more.
    public static let brokenPipe = Code(rawValue: "broken-pipe")
    /// The closure that takes the rows threw.
    public static let consumer = Code(rawValue: "consumer")
    /// A row is longer than what is put together of one.
    public static let rowTooLong = Code(rawValue: "row-too-long")
    /// The options contradict each other, or one has a value that it cannot have.
    public static let options = Code(rawValue: "options")
  }

  /// What went wrong.
  public var code: Code
  /// In one line, without the place.
  public var message: String
  /// What to do about it.
  public var hint: String?
  /// Where in the input.
  public var position: InputPosition?
  /// What was thrown further down: by the closure that takes the rows, or by the system, as an `Errno`.
  public internal(set) var underlyingError: (any Error)?

  /// Describes a failure.
  public init(_ code: Code, _ message: String, hint: String? = nil, position: InputPosition? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
    self.position = position
  }
}

extension RunError: CustomStringConvertible {
  /// One line: where, and what went wrong.
  public var description: String {
    guard let position else { return message }
    let input = position.entry.map { "\(position.input) (entry \($0))" } ?? position.input
    let line = "line \(position.line), column \(position.column)"
    return "\(input): byte \(position.byte) (\(line)), asset \(position.asset): \(message)"
  }
}

/// A failure that knows how a user is told of it.
protocol RunErrorConvertible: Error {
  var runError: RunError { get }
}

extension RunError {
  /// Says that whoever takes the rows failed; what the system refused is no different for that.
  ///
  /// - Parameters:
  ///   - error: What was thrown.
  ///   - place: The asset at hand, if that is known.
  init(consumer error: any Error, at place: String? = nil) {
    if error is StorageError {
      self.init(error)
    } else {
      let place = place.map { $0 + ": " } ?? ""
      self.init(.consumer, "\(place)the closure that takes the rows threw: \(error)")
    }
    underlyingError = error
  }

  /// Puts any failure into words.
  package init(_ error: any Error) {
    switch error {
    case let error as RunError: self = error
    case let error as any RunErrorConvertible: self = error.runError
    case let error as StorageError:
      let isClosed = error.errno == .brokenPipe
      self.init(
        isClosed ? .brokenPipe : .system, error.description, hint: isClosed ? nil : Hints.system(error))
      underlyingError = error.errno
    case let error as CompressionError where error.code == .noThreads:
      self.init(.system, error.description, hint: Hints.container(error))
    case let error as CompressionError: self.init(.container, error.description, hint: Hints.container(error))
    case is ReadPause: self.init(.interrupted, "the run was interrupted")
    default:
      self.init(
        .system, "\(error)", hint: "No such failure is known: please report it with the whole command.")
    }
  }
}
