// `manifest.json`: what an output holds, so that a loss or a change can be noticed later.

internal import Storage
internal import SystemPackage

/// What was read.
struct ManifestInput: Sendable {
  var name: String
  var entry: String?
  var container: String
  var decodedBytes: Int
  /// The stored length; nil if the input was not read to its end.
  var bytes: Int?
  var fingerprint: String?

  fileprivate var json: JSONText {
    .object([
      ("name", .text(name)), ("entry", .text(entry)), ("container", .text(container)),
      ("bytes", .number(bytes)),
      ("decodedBytes", .int(decodedBytes)), ("fingerprint", .text(fingerprint)),
    ])
  }
}

/// A file of rejects.
struct ManifestReject: Sendable {
  var path: String
  var bytes: Int
  var sha256: String

  fileprivate var json: JSONText {
    .object([("path", .text(path)), ("bytes", .int(bytes)), ("sha256", .text(sha256))])
  }
}

/// The text of a manifest.
struct ManifestText {
  /// What makes a manifest one of ours.
  static let start = #"{"schema":1,"generator":"sluice "#

  /// Whether the file at `path` is a manifest of ours.
  static func isOurs(_ path: FilePath) throws -> Bool {
    guard try FileStatus(of: path, followingLinks: false)?.kind == .file else { return false }
    return try readAll(path, limit: start.utf8.count).elementsEqual(start.utf8)
  }

  var createdAt: String
  var options: JSONText
  var inputs: [ManifestInput]
  var copies: Int
  var partitions: [PartitionFiles]
  var reportSha256: String
  var rejects: [ManifestReject]

  /// The bytes of the file.
  ///
  /// The member `sha256` comes last; its value is the SHA-256 of everything up to the comma before it:
  /// of all of the file but its last 78 bytes, and those leave no choice.
  var utf8: [UInt8] {
    let files = JSONText.elements { [partitions] write in
      for partition in partitions { for part in partition.parts { write(Self.file(partition.name, part)) } }
    }
    let count = partitions.reduce(0) { $0 + $1.parts.count }
    let sum = { (value: KeyPath<PartFile, Int>) in
      JSONText.int(partitions.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1[keyPath: value] } })
    }
    let members: [(String, JSONText)] = [
      ("schema", .int(1)), ("generator", .text("sluice \(SluiceVersion.number)")),
      ("createdAt", .text(createdAt)), ("options", options),
      ("inputs", .elements { [inputs] write in for input in inputs { write(input.json) } }),
      (
        "totals",
        .object([
          ("files", .int(count)), ("rows", sum(\.rows)), ("copies", .int(copies)),
          ("rawBytes", sum(\.rawBytes)), ("bytes", sum(\.bytes)),
        ])
      ), ("files", files), ("reportSha256", .text(reportSha256)),
      ("rejects", .array(rejects.map(\.json))),
    ]
    var text = JSONText.object(members).utf8
    text.removeLast()
    // In place: it may have a hundred megabytes.
    text += ManifestSeal(sha256: Digest.sha256(text)).bytes
    return text
  }

  private static func file(_ name: PartitionName, _ part: PartFile) -> JSONText {
    let directory = name.directory.isEmpty ? "data" : "data/\(name.directory)"
    return .object([
      ("path", .text("\(directory)/\(part.name)")),
      ("partition", .object(name.values.map { ($0.key.rawValue, .bytes($0.value)) })),
      ("rows", .int(part.rows)), ("rawBytes", .int(part.rawBytes)), ("bytes", .int(part.bytes)),
      ("sha256", .text(part.sha256)),
    ])
  }
}

/// The end of a manifest: the sum of everything before it, and nothing else that could change unseen.
struct ManifestSeal {
  /// `,"sha256":"`, 64 digits, `"}` and a newline.
  static let count = 78
  let sha256: String

  var bytes: [UInt8] { Array(",\"sha256\":\"\(sha256)\"}\n".utf8) }
}
