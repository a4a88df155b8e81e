import Glibc
import Storage
import SystemPackage
import Testing

@Suite struct FileLockTests {
  /// One holder at a time; the next has it once the first is gone, also when the file was removed meanwhile.
  @Test func oneAtATime() throws {
    let folder = try Folder()
    var first = try FileLock(acquiring: folder["lock"])
    #expect(first != nil)
    #expect(try FileLock(acquiring: folder["lock"]) == nil)
    first = nil
    let second = try #require(try FileLock(acquiring: folder["lock"]))
    second.removeFile()
    let third = try FileLock(acquiring: folder["lock"])
    #expect(third != nil, "a lock on a file without a name keeps nobody out")
    #expect(try FileLock(acquiring: folder["lock"]) == nil)
    withExtendedLifetime((second, third)) {}
  }

  /// A link is not followed, and a directory that isn't there is told.
  @Test func refused() throws {
    let folder = try Folder()
    #expect(unsafe symlink("elsewhere", folder["lock"].string) == 0)
    #expect(failure { _ = try FileLock(acquiring: folder["lock"]) } != nil)
    #expect(failure { _ = try FileLock(acquiring: folder["no/lock"]) }?.errno == .noSuchFileOrDirectory)
    #expect(try folder.names == ["lock"])
  }
}
