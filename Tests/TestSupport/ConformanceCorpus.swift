// Fixtures/conformance: what RFC 8259 allows and forbids, a case a file, for every test that judges JSON.

import Foundation

/// The cases of `Fixtures/conformance`.
package enum ConformanceCorpus {
  /// A text that is JSON.
  package struct Accepted: Sendable {
    package let name: String
    package let bytes: [UInt8]
  }

  /// A text that is not.
  package struct Rejected: Sendable {
    package let name: String
    package let bytes: [UInt8]
    /// Where it stops being JSON: the byte that cannot stand there, of bytes that are no UTF-8 the first of the
    /// sequence; the count of bytes, if more would have to follow.
    package let offset: Int
    /// What is wrong with it: the name of a `JSONFault.Code`.
    package let code: String
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Fixtures/conformance")

  /// All cases that are JSON.
  ///
  /// - Throws: What reading files throws.
  package static func accepted() throws -> [Accepted] {
    try names(in: "accept").map { Accepted(name: $0, bytes: try bytes("accept/\($0)")) }
  }

  /// All cases that are not, as `reject/expected.tsv` lists them.
  ///
  /// - Throws: What reading files throws; `MalformedLine` for a line that is no line of the table.
  package static func rejected() throws -> [Rejected] {
    let table = try String(contentsOf: folder.appending(path: "reject/expected.tsv"), encoding: .utf8)
    return try table.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: "\t").map(String.init)
      guard fields.count == 3, let offset = Int(fields[1]) else { throw MalformedLine(text: String(line)) }
      return Rejected(
        name: fields[0], bytes: try bytes("reject/\(fields[0])"), offset: offset, code: fields[2])
    }
  }

  /// The files of a folder that are cases.
  ///
  /// - Throws: What listing a folder throws.
  package static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: folder).path)
      .filter { $0.hasSuffix(".json") }.sorted()
  }

  /// A line of the table that cannot be read.
  package struct MalformedLine: Error {
    let text: String
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: path)))
  }
}
