// The part of a manifest that verify needs, taken from bytes that anybody may have written. Paths stay
// what they are, names to look up among the files that were found: none is ever opened.

/// What a manifest says should be there.
struct ManifestContents {
  /// A listed file.
  struct File {
    let path: String
    let bytes: Int
    let sha256: String
    /// Nil for rejects.
    let rows: Int?
    /// How many bytes it has decompressed; nil for rejects.
    let rawBytes: Int?
  }

  /// Whether the manifest's own sum is right.
  let isIntact: Bool
  let files: [File]
  let rejects: [File]
  let reportSha256: String

  /// Nil where the text has not the shape of a manifest; throws for a schema of the future.
  init?(_ bytes: [UInt8]) throws(VerifyError) {
    guard let tree = JSONTree(bytes), let schema = tree["schema"]?.integer else { return nil }
    guard schema == 1 else { throw VerifyError(schema: schema) }
    guard let files = Self.files(tree["files"], needRows: true),
      let rejects = Self.files(tree["rejects"], needRows: false),
      let reportSha256 = tree["reportSha256"]?.text, let sum = tree["sha256"]?.text
    else { return nil }
    self.files = files
    self.rejects = rejects
    self.reportSha256 = reportSha256
    let summed = bytes.dropLast(ManifestSeal.count)
    isIntact =
      sum == Digest.sha256(summed)
      && bytes.suffix(ManifestSeal.count).elementsEqual(ManifestSeal(sha256: sum).bytes)
  }

  private static func files(_ value: JSONTree?, needRows: Bool) -> [File]? {
    guard let elements = value?.items else { return nil }
    var files: [File] = []
    for element in elements {
      let rows = element["rows"]?.integer
      let rawBytes = element["rawBytes"]?.integer
      guard let path = element["path"]?.text, let bytes = element["bytes"]?.integer,
        let sha256 = element["sha256"]?.text, (rows != nil && rawBytes != nil) || !needRows
      else { return nil }
      files.append(
        File(
          path: path, bytes: bytes, sha256: sha256, rows: needRows ? rows : nil,
          rawBytes: needRows ? rawBytes : nil))
    }
    return files
  }
}

/// A manifest that this version can't judge.
package struct VerifyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The schema it has.
  package let schema: Int

  /// One line for people.
  package var description: String { "manifest.json has schema \(schema); this version knows schema 1" }
}
