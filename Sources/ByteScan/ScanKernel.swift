// The kernels by name. All give the same answers and differ in speed alone, so that choosing
// one is for tests, for measurements, and for `--kernel`; everyone else takes `best`.

internal import CByteScan

/// An instruction set that structural scans are written for.
public enum ScanKernel: String, CaseIterable, Sendable {
  /// One byte at a time, on any machine.
  case portable
  /// SSE 4.2 with carry-less multiplication, on x86-64.
  case sse
  /// AVX2, on x86-64.
  case avx2
  /// NEON, on arm64.
  case neon

  /// The kernels this machine can run, slowest first.
  public static let available: [ScanKernel] = allCases.filter {
    cbytescan_is_available($0.code)
  }

  /// The fastest kernel of this machine.
  public static let best: ScanKernel = available.last ?? .portable

  /// The kernel as C knows it.
  ///
  /// C runs the portable kernel in place of one that this machine lacks.
  var code: cbytescan_kernel {
    switch self {
    case .portable: cbytescan_kernel_portable
    case .sse: cbytescan_kernel_sse
    case .avx2: cbytescan_kernel_avx2
    case .neon: cbytescan_kernel_neon
    }
  }
}
