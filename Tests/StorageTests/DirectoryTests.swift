import Foundation
import Glibc
import Storage
import SystemPackage
import Testing

@Suite struct DirectoryTests {
  /// Missing parents are made and named, the outermost first; those that exist are not.
  @Test func parents() throws {
    let folder = try Folder()
    #expect(
      try Directory.createWithParents(folder["a/b/c"]) == [folder["a"], folder["a/b"], folder["a/b/c"]])
    #expect(try Directory.createWithParents(folder["a/b/d/"]).count == 1)
    #expect(try Directory.createWithParents(folder["a/b"]) == [])
    #expect(failure { try Directory.create(folder["a"]) }?.errno == .fileExists)
    try folder.write("file", "")
    #expect(failure { try Directory.createWithParents(folder["file/x"]) } != nil)
  }

  /// A listing is in the order of bytes, hidden names too, and says what each is, links unfollowed.
  @Test func list() throws {
    let folder = try Folder()
    try folder.write("b", "12345")
    try folder.write("B", "")
    try folder.write(".hidden", "")
    try Directory.create(folder["é"])
    #expect(unsafe symlink("é", folder["link"].string) == 0 && mkfifo(folder["pipe"].string, 0o600) == 0)
    // A name that is no UTF-8.
    try FileSink(creating: folder.path.pushing(FilePath(bytes: [0xFF, 0x61]))).finish()
    let entries = try Directory.list(folder.path)
    #expect(entries.map(\.name.string) == [".hidden", "B", "b", "link", "pipe", "é", "\u{FFFD}a"])
    #expect(entries.map(\.kind) == [.file, .file, .file, .symbolicLink, .other, .directory, .file])
    #expect(entries[2].size == 5)
    #expect(entries[6].nameBytes == [0xFF, 0x61])
    #expect(failure { _ = try Directory.list(folder["link"]) } != nil, "a link is not listed")
    #expect(failure { _ = try Directory.list(folder["missing"]) }?.errno == .noSuchFileOrDirectory)

    // Whatever the names, a tree can be taken away, and what links lead to stays.
    let outside = try Folder()
    try outside.write("keep", "x")
    #expect(unsafe symlink(outside.path.string, folder["out"].string) == 0)
    try Directory.removeTree(folder.path)
    #expect(try FileStatus(of: folder.path, followingLinks: false) == nil)
    #expect(try outside.names == ["keep"])
    try Directory.removeTree(folder.path)
  }

  /// Only an empty directory is removed for being empty.
  @Test func empty() throws {
    let folder = try Folder()
    try Directory.createWithParents(folder["a/b"])
    #expect(!Directory.removeIfEmpty(folder["a"]) && Directory.removeIfEmpty(folder["a/b"]))
    #expect(Directory.removeIfEmpty(folder["a"]) && !Directory.removeIfEmpty(folder["a"]))
  }
}

@Suite struct RenameTests {
  /// A move replaces a file and an empty directory, not a full one; an exchange swaps any two.
  @Test func names() throws {
    let folder = try Folder()
    try folder.write("new", "new")
    try folder.write("old", "old")
    try Rename.move(folder["new"], to: folder["old"])
    #expect(try folder.text("old") == "new" && folder.names == ["old"])
    try Directory.createWithParents(folder["tree/data"])
    try Directory.create(folder["empty"])
    try Rename.exchange(folder["tree"], folder["old"])
    #expect(try folder.text("tree") == "new")
    try Rename.move(folder["old"], to: folder["empty"])
    try Directory.create(folder["other"])
    #expect(failure { try Rename.move(folder["other"], to: folder["empty"]) } != nil)
    #expect(
      failure { try Rename.exchange(folder["tree"], folder["missing"]) }?.errno == .noSuchFileOrDirectory)
  }
}
