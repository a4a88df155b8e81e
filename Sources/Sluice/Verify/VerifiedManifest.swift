// A manifest read back. It may have been written by anybody, so nothing in it is trusted: paths are looked
// at before they are opened, and what has the wrong type makes it no manifest.

/// What a manifest promises.
struct VerifiedManifest: Sendable {
  /// A file of `data/`.
  struct File: Sendable {
    var path: String
    var rows: Int
    var rawBytes: Int
    var bytes: Int
    var sha256: String
  }

  /// Whether the manifest's own sum is right.
  let isIntact: Bool
  let files: [File]
  let rejects: [ManifestReject]
  let reportSha256: String

  /// Reads the bytes of `manifest.json`; nil if they are no manifest of Sluice.
  init?(_ text: [UInt8]) {
    guard let tree = JSONTree(text), tree["schema"]?.integer == 1,
      let generator = tree["generator"]?.text, generator.hasPrefix("sluice "),
      let files = tree["files"]?.items?.map(File.init), !files.contains(where: { $0 == nil }),
      let rejects = tree["rejects"]?.items?.map(ManifestReject.init), !rejects.contains(where: { $0 == nil }),
      let reportSha256 = tree["reportSha256"]?.text
    else { return nil }
    self.files = files.compactMap { $0 }
    self.rejects = rejects.compactMap { $0 }
    self.reportSha256 = reportSha256
    isIntact = Self.isIntact(text)
  }

  /// The text ends with `,"sha256":"…"}` and a newline; the sum is that of what is before.
  private static func isIntact(_ text: [UInt8]) -> Bool {
    let prefix = Array(",\"sha256\":\"".utf8)
    let tailLength = prefix.count + 64 + "\"}\n".utf8.count
    guard text.count > tailLength else { return false }
    let body = text.dropLast(tailLength)
    return text.suffix(tailLength).elementsEqual(prefix + Array("\(Digest.sha256(body))\"}\n".utf8))
  }
}

extension VerifiedManifest.File {
  init?(_ tree: JSONTree) {
    guard let path = tree["path"]?.text, path.hasPrefix("data/"), TreePath.isSafe(path),
      let rows = tree["rows"]?.integer, let rawBytes = tree["rawBytes"]?.integer,
      let bytes = tree["bytes"]?.integer, let sha256 = tree["sha256"]?.text
    else { return nil }
    self.init(path: path, rows: rows, rawBytes: rawBytes, bytes: bytes, sha256: sha256)
  }
}

extension ManifestReject {
  init?(_ tree: JSONTree) {
    guard let path = tree["path"]?.text, path.hasPrefix("rejects/"), TreePath.isSafe(path),
      let bytes = tree["bytes"]?.integer, let sha256 = tree["sha256"]?.text
    else { return nil }
    self.init(path: path, bytes: bytes, sha256: sha256)
  }
}
