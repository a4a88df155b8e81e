internal import ByteScan

/// What this is.
public enum SluiceVersion {
  /// The version, as `major.minor.patch`.
  public static let number = "0.1.0"
  /// The version and the scan kernel that this machine gets.
  public static let text = "sluice \(number) (scan kernel: \(ScanKernel.best.rawValue))"
}
