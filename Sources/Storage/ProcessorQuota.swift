// How many processors a container leaves its processes. Affinity does not tell: a container with `--cpus 2` on a machine
// of 64 processors may run on all of them, for a thirty-second of the time.
//
// The kernel's names for it: in version 2 of control groups `cpu.max` ("150000 100000": 150 of every 100 milliseconds,
// or "max"), in version 1 `cpu.cfs_quota_us` and `cpu.cfs_period_us`. Each group on the way from the process's own up
// to the root may set one, and the lowest holds. Which group is the process's stands in /proc/self/cgroup, where groups
// are mounted in /proc/self/mountinfo.

internal import SystemPackage

/// What control groups leave of the processors.
package struct ProcessorQuota {
  /// The directory that all paths are below: `/`, or a made-up one.
  private let root: String

  /// Looks below `root`.
  package init(root: String = "") { self.root = root }

  /// How many processors' time there is, rounded up and at least 1; nil where nothing limits it.
  ///
  /// What cannot be read or understood limits nothing.
  package var processors: Int? {
    let mounts = text("/proc/self/mountinfo").split(separator: "\n").compactMap { Mount($0) }
    let shares = text("/proc/self/cgroup").split(separator: "\n").compactMap { share(of: $0, mounts) }
    return shares.min().map { max(1, Int($0.rounded(.up))) }
  }

  /// The share that one line of /proc/self/cgroup leaves: `0::/user.slice`, `4:cpu,cpuacct:/docker/…`.
  private func share(of line: Substring, _ mounts: [Mount]) -> Double? {
    let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3 else { return nil }
    let isUnified = fields[1].isEmpty
    guard isUnified || fields[1].split(separator: ",").contains("cpu"),
      let mount = mounts.last(where: { $0.isUnified == isUnified && ($0.hasProcessors || isUnified) })
    else { return nil }
    var lowest: Double?
    for directory in mount.directories(upFrom: String(fields[2])) {
      guard let share = isUnified ? unifiedShare(directory) : oldShare(directory) else { continue }
      lowest = min(lowest ?? share, share)
    }
    return lowest
  }

  private func unifiedShare(_ directory: String) -> Double? {
    let fields = text(directory + "/cpu.max").split { $0 == " " || $0 == "\n" }
    return Self.share(fields.first, of: fields.count > 1 ? fields[1] : "100000")
  }

  private func oldShare(_ directory: String) -> Double? {
    let quota = text(directory + "/cpu.cfs_quota_us").split(separator: "\n").first
    return Self.share(quota, of: text(directory + "/cpu.cfs_period_us").split(separator: "\n").first)
  }

  private static func share(_ quota: Substring?, of period: Substring?) -> Double? {
    // Neither "max" nor -1 is a limit.
    guard let quota = quota.flatMap({ Double($0) }), let period = period.flatMap({ Double($0) }),
      quota > 0, period > 0, quota.isFinite, period.isFinite, quota / period < 1_000_000
    else { return nil }
    return quota / period
  }

  /// A text of the kernel's, empty where there is none.
  private func text(_ path: String) -> String {
    guard let file = try? FileDescriptor.open(FilePath(root + path), .readOnly, options: .closeOnExec) else {
      return ""
    }
    defer { try? file.close() }
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    // A machine with many containers has a long list of mounts, but no endless one.
    while text.count < 1 << 22 {
      let count = unsafe (try? piece.withUnsafeMutableBytes { try unsafe file.read(into: $0) }) ?? 0
      if count == 0 { break }
      text += piece[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// A mounted hierarchy of control groups.
private struct Mount {
  /// Whether it is of version 2.
  let isUnified: Bool
  /// Whether it is the hierarchy of version 1 that shares out processors.
  let hasProcessors: Bool
  /// Which group is mounted, and where.
  private let group: String
  private let place: String

  /// Reads a line of /proc/self/mountinfo; nil if it is about something else.
  ///
  ///     30 25 0:26 /docker/1 /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:9 - cgroup cgroup rw,cpu,cpuacct
  init?(_ line: Substring) {
    let fields = line.split(separator: " ")
    guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { return nil }
    guard fields[dash + 1] == "cgroup" || fields[dash + 1] == "cgroup2" else { return nil }
    isUnified = fields[dash + 1] == "cgroup2"
    hasProcessors = fields[dash + 3].split(separator: ",").contains("cpu")
    group = Self.unescaped(fields[3])
    place = Self.unescaped(fields[4])
  }

  /// The directories of a group and of those around it, as far as they are mounted.
  func directories(upFrom path: String) -> [String] {
    var below: Substring = ""
    if group == "/" {
      below = path.dropFirst()
    } else if path.hasPrefix(group + "/") {
      below = path.dropFirst(group.count + 1)
    }
    var names = below.split(separator: "/")
    // A group outside of what this container sees.
    if names.contains("..") { names = [] }
    return (0...names.count).reversed().map { place + names[..<$0].map { "/" + $0 }.joined() }
  }

  /// A path as it is: white space and backslashes stand there as three octal digits.
  private static func unescaped(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(field.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"),
        let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
      {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
