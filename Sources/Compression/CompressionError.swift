// One error type for all containers, so that whoever reads an input needs a single message for all of them.

/// A compressed stream that cannot be read, or compression that cannot be had as asked for.
public struct CompressionError: Error, Hashable, Sendable {
  /// What kind of failure it is; more kinds may come.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's stable name.
    public let description: String

    /// The input ends inside a member, frame or entry.
    public static let truncated = Code(description: "truncated")
    /// The bytes break the format's rules.
    public static let corrupt = Code(description: "corrupt")
    /// The decompressed bytes are not those that were compressed.
    public static let checksumMismatch = Code(description: "checksumMismatch")
    /// The format allows it, but it is not supported here.
    public static let unsupported = Code(description: "unsupported")
    /// The entry needs a password.
    public static let encrypted = Code(description: "encrypted")
    /// Decompressing takes a larger window than the 128 MiB that are allowed.
    public static let windowTooLarge = Code(description: "windowTooLarge")
    /// The library had no memory left.
    public static let outOfMemory = Code(description: "outOfMemory")
    /// The system grants no thread to compress on.
    public static let noThreads = Code(description: "noThreads")
    /// An option's value is out of range.
    public static let badOption = Code(description: "badOption")
  }

  /// What kind of failure it is.
  public let code: Code
  /// The container it happened in.
  public let container: Container
  /// The ZIP entry it happened in.
  public let entry: String?
  /// Where it was noticed, counted from 0 in the compressed stream; nil where nothing was being read.
  public let offset: Int?
  /// What exactly is wrong, for people; empty where the code says it all.
  public let detail: String

  /// Describes a failure.
  public init(
    _ code: Code, container: Container, entry: String? = nil, offset: Int? = nil, detail: String = ""
  ) {
    self.code = code
    self.container = container
    self.entry = entry
    self.offset = offset
    self.detail = detail
  }
}

extension CompressionError: CustomStringConvertible {
  /// One line for people: `zip entry "a.json", compressed byte 12: the data is cut short`.
  public var description: String {
    var place = container == .plain ? "compression" : container.rawValue
    if let entry { place += " entry \"\(entry)\"" }
    if let offset { place += ", compressed byte \(offset)" }
    return "\(place): \(summary)" + (detail.isEmpty ? "" : ": \(detail)")
  }

  private var summary: String {
    switch code {
    case .truncated: "the data is cut short"
    case .corrupt: "the data is damaged"
    case .checksumMismatch: "the data is damaged: its checksum or length does not match"
    case .unsupported: "not supported"
    case .encrypted: "it is encrypted"
    case .windowTooLarge: "it needs a window larger than 128 MiB"
    case .outOfMemory: "out of memory"
    case .noThreads: "the system grants no thread to compress on"
    case .badOption: "bad option"
    default: code.description
    }
  }
}
