import Testing

@testable import Storage

@Suite struct ByteSizeTests {
  private static let sizes: [(String, Int)] = [
    ("1", 1), ("0", 0), ("1000000", 1_000_000), ("7B", 7), ("1K", 1 << 10), ("1KiB", 1 << 10), ("1KB", 1000),
    ("1kB", 1000), ("1k", 1 << 10), ("512M", 512 << 20), ("512MiB", 512 << 20), ("512mib", 512 << 20),
    ("512MB", 512_000_000), ("512mb", 512_000_000), ("1G", 1 << 30), ("2GB", 2_000_000_000), ("3T", 3 << 40),
    ("3TB", 3_000_000_000_000), ("1P", 1 << 50), ("9EB", 9_000_000_000_000_000_000), ("7E", 7 << 60),
  ]

  /// A letter alone is what coreutils take it for, and capitals mean nothing.
  @Test(arguments: sizes) func units(text: String, bytes: Int) { #expect(ByteSize(text)?.bytes == bytes) }

  private static let parts: [(String, Int)] = [
    ("1.5GB", 1_500_000_000), ("1.5G", 3 << 29), ("0.5K", 512), ("0.1K", 102), ("1.0MB", 1_000_000),
    ("0.000001MB", 1), ("0.0000019MB", 1), ("0.3KB", 300), ("0.999999999999999999KB", 999),
    ("7.999999999999999999E", .max - 1), ("0.0001K", 0), ("007.50K", 7680),
  ]

  /// A fraction is worked out exactly, and of a byte nothing counts.
  @Test(arguments: parts) func fractions(text: String, bytes: Int) { #expect(ByteSize(text)?.bytes == bytes) }

  /// What can be read in two ways, or not at all, is no size.
  @Test(arguments: [
    "", "B", "K", "MB", "12XB", "-1MB", "+1MB", "1 MB", " 1MB", "1MB ", "1.5", "1.5B", "1.K", ".5K", "1..5K",
    "1.5.5K", "1,5GB", "1e6", "0x10", "1KI", "1IB", "1KBB", "1BK", "1Z", "1.0000000000000000001K", "٣K",
    "1ⓀB",
    "9223372036854775808", "8E", "10EB", "9223372036854775807K", "99999999999999999999",
  ])
  func refused(text: String) { #expect(ByteSize(text) == nil) }
}
