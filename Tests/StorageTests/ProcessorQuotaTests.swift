import Storage
import SystemPackage
import Testing

@Suite struct ProcessorQuotaTests {
  private static let unified = "30 25 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
  private static let old =
    "33 32 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    + "34 32 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"

  /// What is left where these files are all there is.
  private func processors(_ files: [String: String]) throws -> Int? {
    let folder = try Folder()
    for (path, text) in files {
      let place = folder[path]
      try Directory.createWithParents(Path.parent(of: place))
      let file = try FileSink(creating: place)
      try file.append(Array(text.utf8))
      try file.finish()
    }
    return ProcessorQuota(root: folder.path.string).processors
  }

  /// A part of a processor is a whole one, and there is always one.
  @Test(arguments: [
    ("200000 100000\n", 2), ("150000 100000\n", 2), ("1000 100000\n", 1), ("50000\n", 1),
    ("max 100000\n", nil),
    ("", nil), ("nonsense\n", nil), ("0 100000\n", nil), ("-5 100000\n", nil), ("100000 0\n", nil),
    ("nan inf\n", nil),
  ])
  func version2(text: String, expected: Int?) throws {
    let found = try processors([
      "proc/self/cgroup": "0::/\n", "proc/self/mountinfo": Self.unified, "sys/fs/cgroup/cpu.max": text,
    ])
    #expect(found == expected)
  }

  /// The lowest limit on the way up to the root holds; groups beside the way do not count.
  @Test func nested() throws {
    let found = try processors([
      "proc/self/cgroup": "0::/a/b/c\n", "proc/self/mountinfo": Self.unified,
      "sys/fs/cgroup/a/cpu.max": "300000 100000\n", "sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
      "sys/fs/cgroup/a/b/c/cpu.max": "700000 100000\n", "sys/fs/cgroup/x/cpu.max": "100000 100000\n",
    ])
    #expect(found == 3)
  }

  @Test(arguments: [
    ("250000\n", "100000\n", 3), ("-1\n", "100000\n", nil), ("50000\n", "", nil), ("", "", nil),
  ])
  func version1(quota: String, period: String, expected: Int?) throws {
    let found = try processors([
      "proc/self/cgroup": "5:cpuset:/\n4:cpu,cpuacct:/docker/1\n1:name=systemd:/\n",
      "proc/self/mountinfo": Self.old,
      "sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us": quota,
      "sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_period_us": period,
    ])
    #expect(found == expected)
  }

  /// A container sees its own group as the root of what is mounted, and may be told the name it has outside.
  @Test(arguments: ["0::/docker/1/inner\n", "0::/../other\n", "0::/\n"]) func container(cgroup: String) throws
  {
    let mount = #"30 25 0:26 /docker/1 /sys/fs/a\040group rw shared:1 - cgroup2 cgroup2 rw"# + "\n"
    let found = try processors([
      "proc/self/cgroup": cgroup, "proc/self/mountinfo": mount,
      "sys/fs/a group/cpu.max": "200000 100000\n", "sys/fs/a group/inner/cpu.max": "400000 100000\n",
    ])
    #expect(found == 2)
  }

  /// Without /proc, or with something else in its place, nothing is limited.
  @Test func unreadable() throws {
    #expect(try processors([:]) == nil)
    #expect(try processors(["proc/self/cgroup": "0::/\n"]) == nil)
    #expect(
      try processors(["proc/self/cgroup": "\n:\n::\nx", "proc/self/mountinfo": "- - -\n1 2 3\n"]) == nil)
    #expect(CurrentProcess.processors >= 1)
    #expect(CurrentProcess.processors <= CurrentProcess.runnableProcessors)
  }
}
