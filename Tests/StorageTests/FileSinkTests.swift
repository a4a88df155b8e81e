import Foundation
import Glibc
import Storage
import SystemPackage
import Testing

@Suite struct FileSinkTests {
  /// Bytes go in as they come; a finished sink takes no more, and finishing twice is fine.
  @Test func writing() throws {
    let folder = try Folder()
    let sink = try FileSink(creating: folder["file"])
    try sink.append(Array("one ".utf8))
    try sink.append([])
    try sink.append(Array("two".utf8).span)
    #expect(sink.bytesWritten == 7 && !sink.isFinished)
    try sink.finish()
    try sink.finish()
    #expect(sink.isFinished)
    #expect(try folder.text("file") == "one two")
    #expect(failure { try sink.append([1]) }?.errno == .badFileDescriptor)
  }

  /// Nothing is ever overwritten, not even what a link leads to.
  @Test func existing() throws {
    let folder = try Folder()
    try folder.write("file", "old")
    #expect(
      unsafe symlink("file", folder["link"].string) == 0 && symlink("nowhere", folder["dangling"].string) == 0
    )
    for name in ["file", "link", "dangling"] {
      #expect(failure { _ = try FileSink(creating: folder[name]) }?.errno == .fileExists)
    }
    #expect(try folder.text("file") == "old")
    #expect(failure { _ = try FileSink(creating: folder["no/such"]) }?.errno == .noSuchFileOrDirectory)
    #expect(try folder.names == ["dangling", "file", "link"])
  }

  /// A full disk is told as such, with the bytes that went in before.
  @Test func outOfSpace() throws {
    let full = try unsafe FileDescriptor.open("/dev/full", .writeOnly)
    defer { try? full.close() }
    let sink = DescriptorSink(full, name: "full")
    let error = try #require(failure { try sink.append([1, 2, 3]) })
    #expect(error.isOutOfSpace && error.bytesWritten == 0)
    #expect(
      error.description.hasPrefix("full: cannot write: ") && error.description.hasSuffix("(after 0 bytes)"))
  }
}

@Suite struct SpoolFileTests {
  /// A spool has no name, and is read at any offset while it grows.
  @Test func growing() throws {
    let folder = try Folder()
    let spool = try SpoolFile(in: folder.path)
    #expect(try folder.names == [])
    var expected: [UInt8] = []
    for number in 0..<50 {
      let bytes = [UInt8](repeating: UInt8(number), count: number)
      try spool.append(bytes)
      expected += bytes
      #expect(spool.size == expected.count)
      var found = [UInt8](repeating: 0xFF, count: 40)
      let offset = expected.count / 2
      let count = try unsafe found.withUnsafeMutableBytes { try unsafe spool.read(into: $0, at: offset) }
      #expect(Array(found[..<count]) == Array(expected[offset...].prefix(40)))
    }
    #expect(failure { _ = try SpoolFile(in: folder["missing"]) }?.errno == .noSuchFileOrDirectory)
  }
}

@Suite struct FileSourceTests {
  /// What was written is read back, anywhere, from front to back, and not beyond its end.
  @Test func reading() throws {
    let folder = try Folder()
    try folder.write("file", "0123456789")
    let source = try FileSource(FileDescriptor.open(folder["file"], .readOnly), name: "file")
    #expect(source.size == 10)
    let reader = SequentialReader(source, from: 3)
    var found: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4)
    while true {
      let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe reader.read(into: $0) }
      if count == 0 { break }
      found += buffer[..<count]
    }
    #expect(String(decoding: found, as: UTF8.self) == "3456789")
    let beyond = try unsafe buffer.withUnsafeMutableBytes { try unsafe source.read(into: $0, at: 99) }
    #expect(beyond == 0)
  }
}
