import ArgumentParser

/// A number of bytes as people write it: KB, MB and GB are powers of ten, KiB, MiB and GiB of two.
struct ByteSize: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    let digits = argument.prefix { ("0"..."9").contains($0) }
    guard let number = Int(digits) else { return nil }
    let units: [String: Int] = [
      "": 1, "B": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
      "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40,
    ]
    guard let unit = units[argument.dropFirst(digits.count).uppercased()] else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    self.bytes = bytes
  }
}
