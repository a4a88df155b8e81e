// What guided fuzzing asks of one input. libFuzzer calls it in Fuzzing/, and a test in FuzzTests calls it for
// every seed and every find, so that what was found once stays fixed.
//
// The first bytes of an input are options, whose number is fixed for each target so that a change of one does
// not move the text behind them; what an input lacks is 0.

/// A part of the package that is fuzzed by itself.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// Each instruction set against the portable kernel.
  case kernels
  /// Blocks cut anywhere against one walk over the whole.
  case sharding
  /// yajl's events and all verdicts on what is JSON, whole and cut.
  case events
  /// The fast engine against the reference engine.
  case engines
  /// gzip, zstd and ZIP.
  case containers
  /// Manifests and parts, as `verify` reads them.
  case manifests

  /// Tries one input.
  ///
  /// - Parameter bytes: Options, then a text.
  /// - Returns: What is wrong, or nil.
  public func check(_ bytes: [UInt8]) -> String? {
    var input = FuzzInput(bytes)
    return switch self {
    case .kernels: checkKernels(&input)
    case .sharding: checkSharding(&input)
    case .events: checkEvents(&input)
    case .engines: checkEngines(&input)
    case .containers: checkContainers(&input)
    case .manifests: checkManifests(&input)
    }
  }
}
