import Foundation
@testable import Storage
import Synchronization
import SystemPackage
import Testing

@Suite struct FileTests {
  private let base: FilePath

  init() throws {
    base = FilePath(FileManager.default.temporaryDirectory.path).appending(
      "storage-test-\(UUID().uuidString)")
    try Directory.create(base)
  }

  private func clean() { try? FileManager.default.removeItem(atPath: base.string) }

  /// A sink writes what it was given, once, to a file that wasn't there.
  @Test func sinkCreatesExclusively() throws {
    defer { clean() }
    let path = base.appending("a")
    let sink = try FileSink(creating: path)
    try sink.append([1, 2, 3])
    try sink.append([])
    try sink.append([4])
    #expect(sink.bytesWritten == 4 && !sink.isFinished)
    try sink.finish()
    try sink.finish()
    #expect(sink.isFinished)
    #expect(FileManager.default.contents(atPath: path.string) == Data([1, 2, 3, 4]))
    #expect(throws: StorageError(operation: "write", path: path, errno: .badFileDescriptor)) {
      try sink.append([5])
    }
    #expect(throws: StorageError(operation: "create", path: path, errno: .fileExists)) {
      _ = try FileSink(creating: path)
    }
    let dangling = base.appending("link")
    try FileManager.default.createSymbolicLink(
      atPath: dangling.string, withDestinationPath: base.appending("else").string)
    #expect(throws: StorageError.self) { _ = try FileSink(creating: dangling) }
  }

  /// A full disk is reported with the path and the bytes that went in.
  @Test func sinkSaysHowFarItGot() async {
    defer { clean() }
    await #expect(processExitsWith: .success) { [base = base as FilePath] in
      // The largest file allowed stands in for a full disk; the signal would end the process.
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
      #expect(unsafe setrlimit(__rlimit_resource_t(1), &limit) == 0)
      let sink = try FileSink(creating: base.appending("full"))
      let error = #expect(throws: StorageError.self) {
        for _ in 0..<3 { try sink.append([UInt8](repeating: 7, count: 4000)) }
      }
      #expect(error?.errno == .fileTooLarge && error?.isOutOfSpace == true)
      #expect(error?.bytesWritten == 10_000 && error?.path == base.appending("full"))
    }
  }

  /// A pipe that takes little at a time still gets everything, in order.
  @Test func sinkWritesThroughAPipe() throws {
    defer { clean() }
    let ends = try FileDescriptor.pipe()
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let written = Mutex(false)
    Thread.detachNewThread {
      let sink = DescriptorSink(ends.writeEnd, name: "pipe")
      try? sink.append(bytes)
      written.withLock { $0 = sink.bytesWritten == bytes.count }
      try? ends.writeEnd.close()
    }
    let stream = FileStream(ends.readEnd, name: "pipe")
    let received = try unsafe [UInt8](unsafeUninitializedCapacity: bytes.count + 1) { buffer, count in
      count = try unsafe stream.readFully(into: UnsafeMutableRawBufferPointer(buffer))
    }
    #expect(received == bytes)
    #expect(written.withLock { $0 })
  }

  /// What was spooled can be read anywhere, while more is appended, and has no name on the disk.
  @Test func spoolReadsBackWithoutAName() throws {
    defer { clean() }
    let spool = try SpoolFile(in: base)
    #expect(try FileManager.default.contentsOfDirectory(atPath: base.string) == [])
    try spool.append(Array("hello ".utf8))
    try spool.append(Array("world".utf8))
    #expect(spool.size == 11)
    let read = try unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
      count = try unsafe spool.read(into: UnsafeMutableRawBufferPointer(buffer), at: 6)
    }
    #expect(read == Array("world".utf8))
    try spool.append(Array("!".utf8))
    #expect(spool.size == 12)
    #expect(throws: StorageError.self) { _ = try SpoolFile(in: base.appending("missing")) }
  }

  /// Where a file system makes no nameless files, a spool file loses its name at once.
  @Test func spoolLosesItsName() throws {
    defer { clean() }
    let descriptor = try SpoolFile.openAndUnlink(in: base)
    #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC)
    #expect(try FileManager.default.contentsOfDirectory(atPath: base.string) == [])
    close(descriptor)
  }

  /// Two holders exclude each other, within a process as well; the file goes without letting two in.
  @Test func lockExcludes() throws {
    defer { clean() }
    let path = base.appending("lock")
    var first = try FileLock(acquiring: path)
    #expect(first != nil)
    #expect(try FileLock(acquiring: path) == nil)
    first?.removeFile()
    // The name is free now, so a second lock is a lock on another file.
    let second = try FileLock(acquiring: path)
    #expect(second != nil)
    first = nil
    #expect(try FileLock(acquiring: path) == nil)
    withExtendedLifetime(second) {}
  }

  /// Removing takes links away and not what they lead to.
  @Test func removingFollowsNoLinks() throws {
    defer { clean() }
    try Directory.create(base.appending("outside"))
    try FileSink(creating: base.appending("outside/kept")).finish()
    try Directory.createWithParents(base.appending("tree/a/b"))
    for (name, target) in [("tree/link", "/outside"), ("tree/a/b/link", "/outside/kept")] {
      try FileManager.default.createSymbolicLink(
        atPath: base.appending(name).string, withDestinationPath: base.appending(target).string)
    }
    #expect(try Directory.list(base.appending("tree")).map(\.name.string) == ["a", "link"])
    #expect(try Directory.list(base.appending("tree")).map(\.kind) == [.directory, .symbolicLink])
    try Directory.removeTree(base.appending("tree"))
    try Directory.removeTree(base.appending("tree"))
    #expect(try Directory.list(base).map(\.name.string) == ["outside"])
    #expect(try Directory.list(base.appending("outside")).map(\.name.string) == ["kept"])
  }

  /// Names that are not UTF-8 are listed and removed like others.
  @Test func removesNamesThatAreNotText() throws {
    defer { clean() }
    try Directory.create(base.appending("tree"))
    try Directory.create(base.appending("tree").pushing(FilePath(bytes: [0xFF, 0xFE])))
    #expect(try Directory.list(base.appending("tree")).map(\.nameBytes) == [[0xFF, 0xFE]])
    try Directory.removeTree(base.appending("tree"))
    #expect(try Directory.list(base) == [])
  }

  /// Exchanged names keep their contents; a move replaces an empty directory and no other.
  @Test func renames() throws {
    defer { clean() }
    try Directory.createWithParents(base.appending("a/x"))
    try Directory.createWithParents(base.appending("b/y"))
    try Rename.exchange(base.appending("a"), base.appending("b"))
    #expect(try Directory.list(base.appending("a")).map(\.name.string) == ["y"])
    #expect(
      throws: StorageError(operation: "rename to", path: base.appending("b"), errno: .directoryNotEmpty)
    ) {
      try Rename.move(base.appending("a"), to: base.appending("b"))
    }
    try Directory.create(base.appending("c"))
    try Rename.move(base.appending("a"), to: base.appending("c"))
    #expect(try Directory.list(base).map(\.name.string) == ["b", "c"])
  }

  /// The system tells mount points and space.
  @Test func looksAtFileSystems() throws {
    defer { clean() }
    #expect(Path.isMountPoint("/proc"))
    #expect(!Path.isMountPoint(base))
    #expect(try FreeSpace.bytes(at: base) > 0)
    #expect(throws: StorageError.self) { _ = try FreeSpace.bytes(at: base.appending("missing")) }
    #expect(try FileStatus(of: base.appending("missing"), followingLinks: true) == nil)
  }
}
