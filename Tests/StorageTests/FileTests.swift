import Foundation
@testable import Storage
import Synchronization
import SystemPackage
import Testing

@Suite struct FileTests {
  private let base: String

  init() throws {
    base = FileManager.default.temporaryDirectory.path + "/storage-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: false)
  }

  private func clean() { try? FileManager.default.removeItem(atPath: base) }

  /// A sink writes what it was given, once, to a file that wasn't there.
  @Test func sinkCreatesExclusively() throws {
    defer { clean() }
    let path = base + "/a"
    let sink = try FileSink(creating: path)
    try sink.append([1, 2, 3])
    try sink.append([])
    try sink.append([4])
    #expect(sink.bytesWritten == 4 && !sink.isFinished)
    try sink.finish()
    try sink.finish()
    #expect(sink.isFinished)
    #expect(FileManager.default.contents(atPath: path) == Data([1, 2, 3, 4]))
    #expect(throws: StorageError(operation: "write", path: path, errno: .badFileDescriptor)) {
      try sink.append([5])
    }
    #expect(throws: StorageError(operation: "create", path: path, errno: .fileExists)) {
      _ = try FileSink(creating: path)
    }
    let dangling = base + "/link"
    try FileManager.default.createSymbolicLink(atPath: dangling, withDestinationPath: base + "/else")
    #expect(throws: StorageError.self) { _ = try FileSink(creating: dangling) }
  }

  /// A full disk is reported with the path and the bytes that went in.
  @Test func sinkSaysHowFarItGot() async {
    defer { clean() }
    await #expect(processExitsWith: .success) { [base = base as String] in
      // The largest file allowed stands in for a full disk; the signal would end the process.
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
      #expect(unsafe setrlimit(__rlimit_resource_t(1), &limit) == 0)
      let sink = try FileSink(creating: base + "/full")
      let error = #expect(throws: StorageError.self) {
        for _ in 0..<3 { try sink.append([UInt8](repeating: 7, count: 4000)) }
      }
      #expect(error?.errno == .fileTooLarge && error?.isOutOfSpace == true)
      #expect(error?.bytesWritten == 10_000 && error?.path == base + "/full")
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
    #expect(try FileManager.default.contentsOfDirectory(atPath: base) == [])
    try spool.append(Array("hello ".utf8))
    try spool.append(Array("world".utf8))
    #expect(spool.size == 11)
    let read = try unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
      count = try unsafe spool.read(into: UnsafeMutableRawBufferPointer(buffer), at: 6)
    }
    #expect(read == Array("world".utf8))
    try spool.append(Array("!".utf8))
    #expect(spool.size == 12)
    #expect(throws: StorageError.self) { _ = try SpoolFile(in: base + "/missing") }
  }

  /// Where a file system makes no nameless files, a spool file loses its name at once.
  @Test func spoolLosesItsName() throws {
    defer { clean() }
    let descriptor = try SpoolFile.openAndUnlink(in: base)
    #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC)
    #expect(try FileManager.default.contentsOfDirectory(atPath: base) == [])
    close(descriptor)
  }

  /// Two holders exclude each other, within a process as well; the file goes without letting two in.
  @Test func lockExcludes() throws {
    defer { clean() }
    let path = base + "/lock"
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
    try Directory.create(base + "/outside")
    try FileSink(creating: base + "/outside/kept").finish()
    try Directory.createWithParents(base + "/tree/a/b")
    for (name, target) in [("tree/link", "/outside"), ("tree/a/b/link", "/outside/kept")] {
      try FileManager.default.createSymbolicLink(
        atPath: base + "/" + name, withDestinationPath: base + target)
    }
    #expect(try Directory.list(base + "/tree").map(\.name) == ["a", "link"])
    #expect(try Directory.list(base + "/tree").map(\.kind) == [.directory, .symbolicLink])
    try Directory.removeTree(base + "/tree")
    try Directory.removeTree(base + "/tree")
    #expect(try Directory.list(base).map(\.name) == ["outside"])
    #expect(try Directory.list(base + "/outside").map(\.name) == ["kept"])
  }

  /// Names that are not UTF-8 are listed and removed like others.
  @Test func removesNamesThatAreNotText() throws {
    defer { clean() }
    try Directory.create(base + "/tree")
    let name: [CChar] = Array((base + "/tree/").utf8CString.dropLast()) + [-1, -2, 0]
    let made = unsafe name.withUnsafeBufferPointer { name in
      unsafe name.baseAddress.map { unsafe mkdir($0, 0o777) }
    }
    #expect(made == 0)
    #expect(try Directory.list(base + "/tree").map(\.nameBytes) == [[0xFF, 0xFE]])
    try Directory.removeTree(base + "/tree")
    #expect(try Directory.list(base) == [])
  }

  /// Exchanged names keep their contents; a move replaces an empty directory and no other.
  @Test func renames() throws {
    defer { clean() }
    try Directory.createWithParents(base + "/a/x")
    try Directory.createWithParents(base + "/b/y")
    try Rename.exchange(base + "/a", base + "/b")
    #expect(try Directory.list(base + "/a").map(\.name) == ["y"])
    #expect(throws: StorageError(operation: "rename to", path: base + "/b", errno: .directoryNotEmpty)) {
      try Rename.move(base + "/a", to: base + "/b")
    }
    try Directory.create(base + "/c")
    try Rename.move(base + "/a", to: base + "/c")
    #expect(try Directory.list(base).map(\.name) == ["b", "c"])
    #expect(throws: StorageError.self) { try Rename.move(base + "/b\0", to: base + "/d") }
  }

  /// Parents and names of paths, however many slashes they have.
  @Test func takesPathsApart() {
    for (path, parent, name) in [
      ("a", ".", "a"), ("/a", "/", "a"), ("a/b", "a", "b"), ("a//b//", "a", "b"), ("/", "/", ""),
    ] {
      #expect(Path.parent(of: path) == parent && Path.name(of: path) == name, "\(path)")
    }
    #expect(Path.withoutTrailingSlashes("//") == "/")
  }

  /// The system tells mount points and space.
  @Test func looksAtFileSystems() throws {
    defer { clean() }
    #expect(Path.isMountPoint("/proc"))
    #expect(!Path.isMountPoint(base))
    #expect(try FreeSpace.bytes(at: base) > 0)
    #expect(throws: StorageError.self) { _ = try FreeSpace.bytes(at: base + "/missing") }
    #expect(try FileStatus(of: base + "/missing", followingLinks: true) == nil)
  }
}
