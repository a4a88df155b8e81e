// A path is bytes: every call takes a name that is no text, and gives it back as it is.

import Glibc
import Storage
import SystemPackage
import Testing

@Suite(.enabled(if: Folder.takesAnyName, "the file system takes only names that are UTF-8"))
struct PathBytesTests {
  /// A name that is not UTF-8, and the directory that has it.
  private static let name: [UInt8] = [0x64, 0xFF, 0x80]
  private let folder: Folder
  private let directory: FilePath

  init() throws {
    folder = try Folder()
    directory = folder.path.pushing(FilePath(bytes: Self.name))
    try Directory.create(directory)
  }

  /// A name within the directory that is no text either.
  private func inner(_ name: String) -> FilePath {
    directory.pushing(FilePath(bytes: [0xC3] + Array(name.utf8)))
  }

  /// Directories are made, listed by their bytes, made durable and taken away.
  @Test func directories() throws {
    #expect(try Directory.list(folder.path).map(\.nameBytes) == [Self.name])
    #expect(
      try Directory.createWithParents(inner("a").appending("b")) == [inner("a"), inner("a").appending("b")])
    try Directory.setPermissions(of: inner("a"), to: 0o700)
    try Directory.synchronize(inner("a"))
    let entry = try #require(try Directory.list(directory).first)
    #expect(entry.nameBytes == [0xC3, 0x61] && directory.appending(entry.name) == inner("a"))
    #expect(!Directory.removeIfEmpty(inner("a")) && Directory.removeIfEmpty(inner("a").appending("b")))
    try FileSink(creating: inner("a").pushing(FilePath(bytes: [0xFE]))).finish()
    try Directory.removeTree(directory)
    #expect(try folder.names == [])
  }

  /// What a path leads to, and its one true name.
  @Test func status() throws {
    #expect(try FileStatus(of: directory, followingLinks: false)?.kind == .directory)
    #expect(try FileStatus(of: inner("x"), followingLinks: true) == nil)
    #expect(try Path.resolve(directory.appending("../").pushing(FilePath(bytes: Self.name))) == directory)
    #expect(Path.parent(of: inner("x")) == directory && directory.lastComponent?.bytes == Self.name)
    #expect(!Path.isMountPoint(directory))
    #expect(try FreeSpace.bytes(at: directory) > 0)
  }

  /// Files are written, renamed, exchanged, read, locked and spooled.
  @Test func files() throws {
    let sink = try FileSink(creating: inner("a"))
    try sink.append(Array("one".utf8))
    try sink.finish()
    try Rename.move(inner("a"), to: inner("b"))
    try FileSink(creating: inner("c")).finish()
    try Rename.exchange(inner("b"), inner("c"))
    #expect(try FileStatus(of: inner("b"), followingLinks: false)?.size == 0)
    let source = try FileSource(FileDescriptor.open(inner("c"), .readOnly), name: inner("c"))
    #expect(source.size == 3 && source.name == inner("c"))
    let spool = try SpoolFile(in: directory)
    try spool.append([1, 2])
    #expect(spool.size == 2)
    let lock = try FileLock(acquiring: inner("lock"))
    #expect(lock != nil)
    #expect(try FileLock(acquiring: inner("lock")) == nil)
    lock?.removeFile()
    #expect(try FileStatus(of: inner("lock"), followingLinks: false) == nil)
  }

  /// A message shows U+FFFD for each byte that is no text, and the error has the path as it is.
  @Test func messages() throws {
    let error = try #require(failure { _ = try FileSink(creating: inner("a").appending("b")) })
    #expect(error.path == inner("a").appending("b"))
    #expect(error.description.hasPrefix("\(folder.path)/d\u{FFFD}\u{FFFD}/\u{FFFD}a/b: cannot create: "))
  }

  /// A working directory with such a name is told as it is.
  @Test func workingDirectory() async {
    await #expect(processExitsWith: .success) { [directory = directory as FilePath] in
      #expect(unsafe directory.withPlatformString { unsafe chdir($0) } == 0)
      #expect(CurrentProcess.workingDirectory == directory)
      try FileSink(creating: "relative").finish()
      #expect(try Path.resolve("relative") == directory.appending("relative"))
    }
  }
}
