import Glibc
import Storage
import SystemPackage
import Testing

@Suite struct PathTests {
  /// Parents and names as dirname and basename give them.
  @Test(arguments: [
    ("/a/b", "/a", "b"), ("/a/b//", "/a", "b"), ("/a//b", "/a", "b"), ("/a", "/", "a"), ("a", ".", "a"),
    ("a/", ".", "a"), ("./a", ".", "a"), ("/", "/", nil), ("//", "/", nil), ("../..", "..", ".."),
    ("a/é", "a", "é"),
  ])
  func components(path: FilePath, parent: FilePath, name: FilePath.Component?) {
    #expect(Path.parent(of: path) == parent)
    #expect(path.lastComponent == name)
  }

  /// One file has one true name, whatever led there; what isn't there has none.
  @Test func resolving() throws {
    let folder = try Folder()
    try Directory.createWithParents(folder["a/b"])
    #expect(unsafe symlink("a", folder["link"].string) == 0)
    for way in ["a/b", "a/b/", "link/b", "a/../link/./b"] {
      #expect(try Path.resolve(folder[way]) == folder["a/b"])
    }
    #expect(failure { _ = try Path.resolve(folder["missing"]) }?.errno == .noSuchFileOrDirectory)
  }

  /// Kinds, sizes and identities; two names of one file are one.
  @Test func status() throws {
    let folder = try Folder()
    try folder.write("file", "12345")
    #expect(
      unsafe link(folder["file"].string, folder["second"].string) == 0
        && symlink("file", folder["link"].string) == 0)
    let file = try #require(try FileStatus(of: folder["file"], followingLinks: false))
    #expect(file.kind == .file && file.size == 5)
    #expect(try FileStatus(of: folder["second"], followingLinks: false)?.identity == file.identity)
    #expect(try FileStatus(of: folder["link"], followingLinks: true)?.identity == file.identity)
    #expect(try FileStatus(of: folder["link"], followingLinks: false)?.kind == .symbolicLink)
    #expect(try FileStatus(of: folder["missing"], followingLinks: true) == nil)
    #expect(failure { _ = try FileStatus(of: folder["file/x"], followingLinks: true) } != nil)
  }

  /// Mount points are told from ordinary directories, and there is some space left.
  @Test func fileSystems() throws {
    let folder = try Folder()
    #expect(Path.isMountPoint("/proc") && !Path.isMountPoint(folder.path))
    #expect(!Path.isMountPoint(folder["missing"]))
    #expect(try FreeSpace.bytes(at: folder.path) > 0)
    #expect(CurrentProcess.processors >= 1)
  }
}
